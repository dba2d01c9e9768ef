import type { Parent } from '../../contract/request.ts';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../json.ts';
import { TEXT_LIMIT } from '../fields/common.ts';
import { listSome, type Warning, warnAbout } from '../warning.ts';
import { DatabaseConfig } from './schema.ts';

/**
 * Other registries that use the same database: each of two servers deletes the sources and views of the other that it does
 * not find in its configuration, and serves those that have the same name.
 *
 * They are known only where a customize hook of the CompositeController asks for MCPRegistries. Databases are compared as
 * the typed fields have them; those of `configYAML` would have to be parsed in each call.
 *
 * @param parent has a valid spec
 * @param related the related objects of a request, of any shape
 */
export function sharedDatabaseWarnings({ metadata, spec }: Parent, related: unknown): Warning[] {
  const others = relatedRegistries(related);
  // Nothing is related in nearly all calls.
  const own = others.length > 0 ? databaseOf(spec, metadata.namespace) : undefined;
  if (own === undefined) return [];
  const names = new Set<string>();
  for (const other of others) {
    const { name, namespace, uid, deletionTimestamp } = objectOf(other['metadata']);
    const place = textOf(namespace) || metadata.namespace;
    const isItself =
      (uid !== undefined && uid === metadata.uid) || (name === metadata.name && place === metadata.namespace);
    if (isItself || deletionTimestamp !== undefined || textOf(name) === '') continue;
    if (databaseOf(other['spec'], place) !== own) continue;
    names.add(place === metadata.namespace ? textOf(name) : `${place}/${textOf(name)}`);
  }
  return warnAboutSharing([...names].sort());
}

/**
 * The warning to a registry that others share a database with.
 *
 * @param others their names, or the first of them
 * @param count how many they are
 */
export const warnAboutSharing = (others: readonly string[], count = others.length): Warning[] =>
  warnAbout(
    'SharedDatabase',
    count > 0 ? ['spec.databaseConfig'] : [],
    `is the database of MCPRegistry ${listSome(others, count)} as well: registries that share one delete, or serve, each other's sources and views. Give each a database of its own`,
  );

/** The MCPRegistries among related objects, in any of their versions. */
const relatedRegistries = (related: unknown): readonly JsonObject[] =>
  Object.entries(objectOf(related)).flatMap(([group, objects]) =>
    group.startsWith('MCPRegistry.toolhive.stacklok.dev/') ? objectsOf(Object.values(objectOf(objects))) : [],
  );

/**
 * A text that is the same for specs that mean the same database.
 *
 * @param spec of any shape
 * @param namespace that of the registry
 * @returns undefined where that is not known, or the database is in the pod itself
 */
export function databaseOf(spec: unknown, namespace: string): string | undefined {
  const { configYAML, registries, source, databaseConfig } = objectOf(spec);
  if (configYAML || (source === undefined && listOf(registries).length === 0)) return undefined;
  const { host, port, database } = { ...defaults, ...objectOf(databaseConfig) };
  if (typeof host !== 'string' || typeof port !== 'number' || typeof database !== 'string') return undefined;
  if (host.length > HOST_LIMIT || database.length > TEXT_LIMIT || inPod.test(host)) return undefined;
  return JSON.stringify([serviceName(host, namespace), port, database]);
}

const { host, port, database } = DatabaseConfig.properties;
const defaults: JsonObject = { host: host.default, port: port.default, database: database.default };

/** The longest name of DNS. */
const HOST_LIMIT = 253;

/** A loopback, or the folder of a socket: the database of a sidecar. */
const inPod = /^(localhost$|127\.|::1$|\/)/;

/**
 * The forms of a name that the DNS of a cluster has for one Service, as one
 * (https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/): `db` in its own namespace, `db.data`,
 * `db.data.svc` and `db.data.svc.cluster.local`. Other names stay as they are.
 */
function serviceName(host: string, namespace: string): string {
  const name = host
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/\.svc(\.cluster\.local)?$/, '');
  return name.includes('.') || name.includes(':') ? name : `${name}.${namespace}`;
}
