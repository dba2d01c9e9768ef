import { describe, type Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { selectorOf } from './metadata.ts';
import { mountProblems } from './mount-problems.ts';
import { API_PORT } from './names.ts';
import { PGPASS_CONTAINER } from './pgpass.ts';
import { CONFIG_HASH_ANNOTATION, CONTAINER, type PodTemplate } from './pod-template.ts';
import {
  type Container,
  firstBy,
  type Named,
  type PodSpec,
  podSpecOf,
  repeated,
  type UserFields,
  UserPlaces,
} from './template-parts.ts';

const ROOT = 'spec.podTemplateSpec';

/**
 * What of a merged template would break the registry, though it satisfies the schema of a PodTemplateSpec.
 *
 * @param own the template without anything of the user's
 * @param merged the template with everything of the user's
 * @param user where the user's parts are, for the names of fields
 * @param unknown what the templates lack, since the spec has problems there: what may depend on it is not judged
 */
export function templateProblems(
  own: PodTemplate,
  merged: PodTemplate,
  user: UserFields,
  unknown: Unknown,
): Problem[] {
  const before = podSpecOf(own);
  const after = podSpecOf(merged);
  const places = new UserPlaces(user);
  return [
    ...selectorProblems(own, merged),
    ...(unknown.config ? [] : hashProblems(own, merged)),
    ...alternativeProblems(after, places),
    ...containerProblems(before, after, places, unknown),
    ...deploymentProblems(after),
    ...volumeProblems(before, after, places),
    ...mountProblems(before, after, places, unknown),
  ];
}

function selectorProblems(own: PodTemplate, { metadata }: PodTemplate): Problem[] {
  return Object.entries(selectorOf(own.metadata.labels['app.kubernetes.io/name'] ?? ''))
    .filter(([label, value]) => metadata?.labels?.[label] !== value)
    .map(([label, value]) => ({
      field: `${ROOT}.metadata.labels.${label}`,
      message: `must stay ${describe(value)}, since the Deployment and the Service select pods by it: take it out`,
    }));
}

/** Without the hash of its configuration a pod would not be made anew when that changes. */
function hashProblems(own: PodTemplate, { metadata }: PodTemplate): Problem[] {
  const hash = own.metadata.annotations[CONFIG_HASH_ANNOTATION];
  return metadata?.annotations?.[CONFIG_HASH_ANNOTATION] === hash
    ? []
    : [
        {
          field: `${ROOT}.metadata.annotations.${CONFIG_HASH_ANNOTATION}`,
          message: 'must stay as it is, since it makes pods anew when the configuration changes: take it out',
        },
      ];
}

/** Fields of which an object may have one: what is set beside ours does not take its place. */
function alternativeProblems(
  { containers = [], initContainers = [], volumes = [] }: PodSpec,
  places: UserPlaces,
) {
  const told = (object: unknown, allowed: readonly string[] | '*', field: string): Problem[] => {
    const set = Object.keys(object ?? {}).filter((name) =>
      allowed === '*' ? name !== 'name' : allowed.includes(name),
    );
    return set.length < 2
      ? []
      : [{ field, message: `may have one of ${set.join(' and ')}: set the other to null` }];
  };
  const inContainers = (list: 'containers' | 'initContainers', items: readonly Container[]) =>
    items.flatMap((container) => {
      const at = `${ROOT}.spec.${list}${places.nameIndex(list, container.name)}`;
      const env = (container['env'] ?? []) as readonly Named[];
      return [
        ...probes.flatMap((probe) => told(container[probe], handlers, `${at}.${probe}`)),
        ...env.flatMap((variable) =>
          told(variable, ['value', 'valueFrom'], `${at}.env[name=${variable.name}]`),
        ),
      ];
    });
  return [
    ...inContainers('initContainers', initContainers),
    ...inContainers('containers', containers),
    ...volumes.flatMap((volume) => told(volume, '*', volumeField(volume.name, places))),
  ];
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function volumeField(name: string, places: UserPlaces): string {
  const raw = places.volume(name);
  return raw === undefined
    ? `${ROOT}.spec.volumes${places.nameIndex('volumes', name)}`
    : `spec.volumes[${raw}]`;
}

function containerProblems(
  before: PodSpec,
  after: PodSpec,
  places: UserPlaces,
  { pgpass }: Unknown,
): Problem[] {
  const { containers = [], initContainers = [] } = after;
  const names = [...initContainers, ...containers].map(({ name }) => name);
  const there = new Set(names);
  const missing = [...(before.initContainers ?? []), ...(before.containers ?? [])].filter(
    ({ name }) => !there.has(name),
  );
  if (missing.length > 0) {
    return missing.map(({ name }) => ({
      field: `${ROOT}.spec.${name === CONTAINER ? 'containers' : 'initContainers'}`,
      message: `must keep the container ${name}: the registry server does not run without it`,
    }));
  }
  return [
    ...listOf('containers', containers, places),
    ...listOf('initContainers', initContainers, places, pgpass),
    ...repeated(names, (name) => name).map((name) => ({
      field: `${ROOT}.spec.containers`,
      message: `must have different names, found ${name} twice`,
    })),
    ...portNameProblems(containers, places),
  ];
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * What the API server asks of containers beside their schema.
 *
 * @param pgpass whether there may be more to the container that prepares a pgpass file
 */
function listOf(
  list: 'containers' | 'initContainers',
  containers: readonly Container[],
  places: UserPlaces,
  pgpass = false,
): Problem[] {
  return containers.flatMap((container) => {
    const field = `${ROOT}.spec.${list}${places.nameIndex(list, container.name)}`;
    const ports = container.ports ?? [];
    const [twice] = repeated(ports, (port) => port['containerPort']);
    return [
      ...(dnsLabel.test(container.name)
        ? []
        : [
            {
              field: `${field}.name`,
              message: `must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, found ${describe(container.name)}`,
            },
          ]),
      ...(container['image'] || (pgpass && container.name === PGPASS_CONTAINER)
        ? []
        : [{ field: `${field}.image`, message: 'is required: name the image of the container' }]),
      ...(twice
        ? [
            {
              field: `${field}.ports`,
              message: `must not name the port ${twice['containerPort']} twice: dynamic apply tells ports apart by their number alone`,
            },
          ]
        : []),
    ];
  });
}

/** The Service leads to a port by its name. */
function portNameProblems(containers: readonly Container[], places: UserPlaces): Problem[] {
  const server = containers.find(({ name }) => name === CONTAINER);
  const ports = server?.ports ?? [];
  const port = ports.find(({ name }) => name === API_PORT.name);
  const field = `${ROOT}.spec.containers${places.nameIndex('containers', CONTAINER)}.ports`;
  if (port && port['containerPort'] !== API_PORT.number && !listensElsewhere(places.user)) {
    return [
      {
        field,
        message: `must keep ${API_PORT.number} for the port ${API_PORT.name}, which the server listens on, found ${port['containerPort']}: change its args as well`,
      },
    ];
  }
  if (port) return [];
  const found = ports.map(({ name, containerPort }) => name ?? containerPort).join(', ');
  return [
    {
      field,
      message: `must keep a port named ${describe(API_PORT.name)}, which the Service leads to, found ${describe(found)}: name it so`,
    },
  ];
}

/** Whether the user tells the server what to do: then it may listen on another port. */
function listensElsewhere({ podTemplate }: UserFields): boolean {
  const { containers = [] } = podSpecOf(podTemplate as unknown as PodTemplate);
  const server = containers.find((container) => container?.name === CONTAINER);
  return server?.['args'] !== undefined || server?.['command'] !== undefined;
}

/** What a pod may have and the template of a Deployment may not. */
function deploymentProblems(after: PodSpec): Problem[] {
  const { restartPolicy, ephemeralContainers, activeDeadlineSeconds } = after;
  return [
    ...(restartPolicy === undefined || restartPolicy === 'Always'
      ? []
      : [
          {
            field: `${ROOT}.spec.restartPolicy`,
            message: `must be Always in a Deployment, found ${describe(restartPolicy)}`,
          },
        ]),
    ...[{ ephemeralContainers }, { activeDeadlineSeconds }].flatMap((entry) =>
      Object.entries(entry)
        .filter(([, value]) => value !== undefined)
        .map(([name]) => ({
          field: `${ROOT}.spec.${name}`,
          message: 'has no place in a Deployment: take it out',
        })),
    ),
  ];
}

/** The volumes that hold the configuration and its files stay as they are; scratch space stays scratch space. */
function volumeProblems(before: PodSpec, { volumes = [] }: PodSpec, places: UserPlaces): Problem[] {
  const own = firstBy(before.volumes ?? [], ({ name }) => name);
  const found = firstBy(volumes, ({ name }) => name);
  const twice = repeated(volumes, ({ name }) => name);
  const namesTwice = new Set(twice.map(({ name }) => name));
  return [
    ...twice.map(({ name }) => ({
      field: `spec.volumes[${places.volume(name) ?? -1}].name`,
      message: own.has(name)
        ? `is taken by a volume of the registry's own, ${describe(name)}: give yours another name`
        : `is taken: ${describe(name)} must be unique`,
    })),
    ...[...own.values()]
      .filter((volume) => !namesTwice.has(volume.name) && !isKept(volume, found.get(volume.name)))
      .map(({ name }) => ({
        field: `${ROOT}.spec.volumes${places.nameIndex('volumes', name)}`,
        message: `must leave the volume ${name} as it is, which holds what the registry server reads: give yours another name`,
      })),
  ];
}

function isKept(own: Named, found: Named | undefined): boolean {
  // A user's own volume may have taken the place of scratch space; where it may not, a mount of it is left hanging.
  if (!found) return 'emptyDir' in own;
  const kinds = (volume: Named) => Object.keys(volume).sort().join();
  return 'emptyDir' in own ? kinds(own) === kinds(found) : canonicalJson(own) === canonicalJson(found);
}
