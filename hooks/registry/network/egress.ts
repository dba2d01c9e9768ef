import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../../json.ts';
import { portsOfUrl } from '../fields/url.ts';
import type { Section, Sections } from '../section.ts';

/** Ports that a part of the configuration leads to; undefined if they can't be known. */
type Ports = readonly number[] | undefined;

/** What decides where a registry server connects to. */
export interface Callers {
  readonly sections: Pick<Sections, 'raw' | 'sources' | 'database' | 'auth'>;
  /** `spec.telemetryConfig`. */
  readonly telemetry: JsonObject;
  readonly podTemplate: JsonObject;
  /** Ports that the spec adds. */
  readonly more?: readonly number[] | undefined;
}

/**
 * The TCP ports that a registry server connects to, DNS aside, each once and in order. They are those that the
 * configuration names: it has names of hosts, of which a NetworkPolicy knows nothing.
 *
 * @returns undefined if they can't be known
 */
export function egressPorts({ sections, telemetry, podTemplate, more = [] }: Callers): Ports {
  if (sections.raw || runsMore(podTemplate)) return undefined;
  const ports = allOf([
    ...sections.sources.map(sourcePorts),
    databasePorts(sections.database.value),
    authPorts(sections.auth.value),
    telemetryPorts(telemetry),
  ]);
  return ports && [...new Set([...ports, ...more])].sort((a, b) => a - b);
}

const allOf = (parts: readonly Ports[]): Ports =>
  parts.some((ports) => ports === undefined) ? undefined : parts.flatMap((ports) => ports ?? []);

/** Where each kind of source is read from. That of the API server of Kubernetes can't be known. */
const portsByKind: Readonly<Record<string, (source: JsonObject) => Ports>> = {
  git: ({ repository }) => portsOfUrl(textOf(repository)),
  api: ({ endpoint }) => portsOfUrl(textOf(endpoint)),
  url: ({ endpoint }) => portsOfUrl(textOf(endpoint)),
  configMapRef: () => [],
  pvcRef: () => [],
  inline: () => [],
  managed: () => [],
};

function sourcePorts({ value }: Section): Ports {
  const kinds = Object.keys(portsByKind).filter((kind) => value[kind] !== undefined);
  return kinds.length === 0
    ? undefined
    : allOf(kinds.map((kind) => portsByKind[kind]?.(objectOf(value[kind]))));
}

const POSTGRES = 5432;
/** Credentials of AWS come from its API, and from the metadata of the instance or of the pod, which are plain HTTP. */
const AWS = [443, 80];

const databasePorts = ({ port = POSTGRES, dynamicAuth }: JsonObject): Ports =>
  typeof port === 'number' ? [port, ...(dynamicAuth === undefined ? [] : AWS)] : undefined;

/** Where discovery leads to when no field says so: most providers have all of their endpoints under one URL. */
const DISCOVERED = [443];

function authPorts({ mode = 'anonymous', oauth }: JsonObject): Ports {
  if (mode === 'anonymous') return [];
  if (mode !== 'oauth') return undefined;
  return allOf(
    objectsOf(objectOf(oauth)['providers']).flatMap(({ issuerUrl, jwksUrl, introspectionUrl }) => [
      portsOfUrl(textOf(issuerUrl)),
      jwksUrl === undefined ? DISCOVERED : portsOfUrl(textOf(jwksUrl)),
      ...(introspectionUrl === undefined ? [] : [portsOfUrl(textOf(introspectionUrl))]),
    ]),
  );
}

/** Without an endpoint, the collector is in the pod. */
function telemetryPorts({ enabled, endpoint }: JsonObject): Ports {
  if (enabled !== true || endpoint === undefined) return [];
  const port = Number(/:([0-9]{1,5})$/.exec(textOf(endpoint))?.[1]);
  return port >= 1 && port <= 65_535 ? [port] : undefined;
}

/** Whether a pod template runs more than the server with its configuration: variables may set any part of that. */
function runsMore({ spec }: JsonObject): boolean {
  const { containers, initContainers } = objectOf(spec);
  return (
    listOf(initContainers).length > 0 ||
    listOf(containers).some((container) => {
      const { name, ...fields } = objectOf(container);
      return (
        name !== 'registry-api' || ['command', 'args', 'env', 'envFrom'].some((field) => field in fields)
      );
    })
  );
}
