import { sha256 } from '../../text/hash.ts';
import { TEXT_LIMIT } from '../fields/common.ts';
import { DatabaseConfig } from './schema.ts';

/** The label of a ConfigMap that is the same for registries that use the same database, in any namespace. */
export const DATABASE_LABEL = 'toolhive.stacklok.dev/database';

/** Where a database is, as far as a configuration says it, of any types. */
export interface DatabaseAddress {
  readonly host?: unknown;
  readonly port?: unknown;
  readonly database?: unknown;
}

const { host, port, database } = DatabaseConfig.properties;
/** What the typed fields leave out. */
export const defaultAddress: DatabaseAddress = {
  host: host.default,
  port: port.default,
  database: database.default,
};

/** The longest name of DNS. */
const HOST_LIMIT = 253;

/** A label's value may have 63 characters. */
const LABEL_LENGTH = 32;

/** A loopback, or the folder of a socket: the database of a sidecar. */
const inPod = /^(?:(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|::1?)$|\/)/;

/**
 * The value of the label, by which the others that use a database are found without a look at every registry.
 *
 * @param namespace that of the registry
 * @returns undefined where the database is not known, or is in the pod itself
 */
export function databaseLabel(
  { host, port, database }: DatabaseAddress,
  namespace: string,
): string | undefined {
  if (typeof host !== 'string' || typeof port !== 'number' || typeof database !== 'string') return undefined;
  if (host.length > HOST_LIMIT || database.length > TEXT_LIMIT) return undefined;
  const name = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1');
  if (inPod.test(name)) return undefined;
  return sha256(JSON.stringify([serviceName(name, namespace), port, database])).slice(0, LABEL_LENGTH);
}

/**
 * The forms of a name that the DNS of a cluster has for one Service, as one
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/): `db` in its own namespace, `db.data`,
 * `db.data.svc` and `db.data.svc.cluster.local`. Other names stay as they are.
 */
function serviceName(host: string, namespace: string): string {
  const name = host.replace(/\.svc(\.cluster\.local)?$/, '');
  return name.includes('.') || name.includes(':') ? name : `${name}.${namespace}`;
}
