import type { Identity } from '../../../hooks/identity.ts';
import { isObject, type JsonObject, objectOf } from '../../../hooks/json.ts';

/** What is known of the chart of the registry server, release 1.5.1 (stacklok/toolhive-registry-server: deploy/charts). */

export const CHART_VERSION = '1.5.1';
export const CHART = 'oci://ghcr.io/stacklok/toolhive-registry-server/toolhive-registry-server';
/** Where the chart mounts the configuration. */
export const CHART_CONFIG_DIRECTORY = '/etc/registry-server';
/** The name of the chart's own volume. */
export const CHART_VOLUME = 'config';
/** The container's port for health and metrics. */
export const CHART_INTERNAL_PORT = 'internal-http';

/** The variable by which the replicas of a server elect their leader, which the chart sets. */
export const LEADER_ELECTION = 'THV_REGISTRY_LEADER_ELECTION_ID';

/** How a registry is named as a release. */
export interface Release {
  /** Of Helm, which allows 53 characters. */
  readonly name: string;
  /** What all objects of it are named after. It is no name of a child of any registry, so that both can stand side by side. */
  readonly fullname: string;
  readonly namespace: string;
}

const RELEASE_NAME_LIMIT = 53;

/** @param identity of a valid registry: its name leaves room for a suffix of four characters */
export const releaseOf = ({ name, namespace }: Identity): Release => ({
  name: name.slice(0, RELEASE_NAME_LIMIT).replace(/-+$/, ''),
  fullname: `${name}-mcp`,
  namespace,
});

/** What the chart selects its pods by. */
export const chartSelector = ({ name }: Release): Record<string, string> => ({
  'app.kubernetes.io/component': 'registry-api',
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/name': 'toolhive-registry-server',
});

/** Labels that the chart sets on its pods: a second one of the name would be a YAML error. */
export const isChartLabel = (name: string): boolean =>
  /^(?:helm\.sh\/chart|app\.kubernetes\.io\/(?:name|instance|component|version|managed-by))$/.test(name);

const probe = { httpGet: { path: '', port: '' }, initialDelaySeconds: 0, periodSeconds: 0 };

/** The maps among the values that have keys by default: Helm merges them with ours. Only the keys matter. */
const defaultKeys: JsonObject = {
  securityContext: {
    allowPrivilegeEscalation: '',
    capabilities: { drop: '' },
    readOnlyRootFilesystem: '',
    runAsNonRoot: '',
    runAsUser: '',
    seccompProfile: { type: '' },
  },
  resources: { limits: { cpu: '', memory: '' }, requests: { cpu: '', memory: '' } },
  livenessProbe: probe,
  readinessProbe: probe,
  config: {
    sources: '',
    registries: '',
    auth: { mode: '' },
    database: { host: '', port: '', user: '', database: '', sslMode: '' },
  },
};

/** Values that are exactly these after Helm has merged them: what only the chart has is taken out by null. */
export const exactValues = (values: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, exact(value, defaultKeys[name])]));

function exact(value: unknown, byDefault: unknown): unknown {
  if (!isObject(byDefault)) return value;
  if (value === undefined) return null;
  if (!isObject(value)) return value;
  const missing = Object.keys(byDefault).filter((name) => value[name] === undefined);
  return {
    ...Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, exact(part, objectOf(byDefault)[name])]),
    ),
    ...Object.fromEntries(missing.map((name) => [name, null])),
  };
}
