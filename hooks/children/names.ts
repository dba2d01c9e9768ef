import type { Identity } from '../identity.ts';
import { describe, type Problem } from '../problem.ts';

/** The names of a registry's children, from the name of the registry alone (docs/design.md, "Children"). */
export const configMapName = ({ name }: Identity) => `${name}-registry-server-config`;
/** ServiceAccount, Role and RoleBinding bear one name. */
export const accountName = ({ name }: Identity) => `${name}-registry-api`;
/** Deployment and Service bear one name. */
export const apiName = ({ name }: Identity) => `${name}-api`;

/** The key of the ConfigMap, and the file, that holds the server's configuration. */
export const CONFIG_KEY = 'config.yaml';

/** Port that the registry API is served on: of the container, and of the Service where the spec names no other. */
export const API_PORT = { name: 'http', number: 8080, protocol: 'TCP' } as const;

/** Name of the container's port for health and metrics, whose number is the setting of the probes. */
export const INTERNAL_PORT_NAME = 'internal';

/**
 * Where the registry API is reached inside the cluster.
 *
 * @param port of the Service
 */
export const apiUrl = (identity: Identity, port: number) =>
  `http://${apiName(identity)}.${identity.namespace}:${port}`;

/** A Service's name is a label of RFC 1035 (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
const SERVICE_NAME_LIMIT = 63;

/**
 * What keeps a registry's name from being the stem of its children's names. They are never cut short: two
 * registries would come to share a child.
 */
export function nameProblems(identity: Identity): Problem[] {
  const field = 'metadata.name';
  const longest = SERVICE_NAME_LIMIT - apiName({ ...identity, name: '' }).length;
  if (identity.name.includes('.')) {
    return [
      {
        field,
        message: `must hold no ".", since it begins the name of a Service, found ${describe(identity.name)}: create the registry under another name`,
      },
    ];
  }
  if (!/^[a-z]/.test(identity.name)) {
    return [
      {
        field,
        message: `must begin with a letter, since it begins the name of a Service, which Kubernetes before 1.36 refuses otherwise (RFC 1035), found ${describe(identity.name)}: create the registry under another name`,
      },
    ];
  }
  if (identity.name.length > longest) {
    return [
      {
        field,
        message: `may have at most ${longest} characters, since the Service ${describe(apiName(identity))} may have ${SERVICE_NAME_LIMIT}, found ${identity.name.length}: create the registry under a shorter name`,
      },
    ];
  }
  return [];
}
