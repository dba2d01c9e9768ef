import { describe, type Problem } from '../problem.ts';
import { canonicalJson } from '../text/canonical-json.ts';
import { mountProblems } from './mount-problems.ts';
import { API_PORT } from './names.ts';
import { CONFIG_HASH_ANNOTATION, CONTAINER, type PodTemplate } from './pod-template.ts';
import {
  type Container,
  type Named,
  nameIndex,
  type PodSpec,
  podSpecOf,
  type UserFields,
} from './template-parts.ts';

const ROOT = 'spec.podTemplateSpec';

/**
 * What of a merged template would break the registry, though it satisfies the schema of a PodTemplateSpec.
 *
 * @param own the template without anything of the user's
 * @param merged the template with everything of the user's
 * @param selector the labels that pods are selected by
 * @param user where the user's parts are, for the names of fields
 */
export function templateProblems(
  own: PodTemplate,
  merged: PodTemplate,
  selector: Readonly<Record<string, string>>,
  user: UserFields,
): Problem[] {
  const before = podSpecOf(own);
  const after = podSpecOf(merged);
  return [
    ...selectorProblems(merged, selector),
    ...hashProblems(own, merged),
    ...alternativeProblems(after, user),
    ...containerProblems(before, after, user),
    ...deploymentProblems(after),
    ...volumeProblems(before, after, user),
    ...mountProblems(before, after, user),
  ];
}

function selectorProblems({ metadata }: PodTemplate, selector: Readonly<Record<string, string>>): Problem[] {
  return Object.entries(selector)
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
  user: UserFields,
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
      const at = `${ROOT}.spec.${list}${nameIndex(user.podTemplate, list, container.name)}`;
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
    ...volumes.flatMap((volume) => told(volume, '*', volumeField(volume.name, user))),
  ];
}

const probes = ['livenessProbe', 'readinessProbe', 'startupProbe'];
const handlers = ['exec', 'httpGet', 'tcpSocket', 'grpc'];

function volumeField(name: string, user: UserFields): string {
  const raw = nameIndexOf(user.volumes, name);
  return raw === '[-1]'
    ? `${ROOT}.spec.volumes${nameIndex(user.podTemplate, 'volumes', name)}`
    : `spec.volumes${raw}`;
}

function containerProblems(before: PodSpec, after: PodSpec, user: UserFields): Problem[] {
  const { containers = [], initContainers = [] } = after;
  const missing = [...(before.initContainers ?? []), ...(before.containers ?? [])].filter(
    ({ name }) => ![...initContainers, ...containers].some((other) => other.name === name),
  );
  if (missing.length > 0) {
    return missing.map(({ name }) => ({
      field: `${ROOT}.spec.${name === CONTAINER ? 'containers' : 'initContainers'}`,
      message: `must keep the container ${name}: the registry server does not run without it`,
    }));
  }
  const names = [...initContainers, ...containers].map(({ name }) => name);
  return [
    ...listOf('containers', containers, user),
    ...listOf('initContainers', initContainers, user),
    ...names
      .filter((name, index) => names.indexOf(name) !== index)
      .map((name) => ({
        field: `${ROOT}.spec.containers`,
        message: `must have different names, found ${name} twice`,
      })),
    ...portNameProblems(containers, user),
  ];
}

const dnsLabel = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

/** What the API server asks of containers beside their schema. */
function listOf(
  list: 'containers' | 'initContainers',
  containers: readonly Container[],
  user: UserFields,
): Problem[] {
  return containers.flatMap((container) => {
    const field = `${ROOT}.spec.${list}${nameIndex(user.podTemplate, list, container.name)}`;
    const ports = container.ports ?? [];
    const twice = ports.find(
      (port, index) => ports.findIndex((other) => other['containerPort'] === port['containerPort']) !== index,
    );
    return [
      ...(dnsLabel.test(container.name)
        ? []
        : [
            {
              field: `${field}.name`,
              message: `must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, found ${describe(container.name)}`,
            },
          ]),
      ...(container['image']
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
function portNameProblems(containers: readonly Container[], user: UserFields): Problem[] {
  const server = containers.find(({ name }) => name === CONTAINER);
  const ports = server?.ports ?? [];
  const port = ports.find(({ name }) => name === API_PORT.name);
  const field = `${ROOT}.spec.containers${nameIndex(user.podTemplate, 'containers', CONTAINER)}.ports`;
  if (port && port['containerPort'] !== API_PORT.number && !listensElsewhere(user)) {
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
function volumeProblems(before: PodSpec, { volumes = [] }: PodSpec, user: UserFields): Problem[] {
  const own = new Map((before.volumes ?? []).map((volume) => [volume.name, volume]));
  const twice = volumes.filter(
    ({ name }, index) => volumes.findIndex((other) => other.name === name) !== index,
  );
  return [
    ...twice.map(({ name }) => ({
      field: `spec.volumes${nameIndexOf(user.volumes, name)}.name`,
      message: own.has(name)
        ? `is taken by a volume of the registry's own, ${describe(name)}: give yours another name`
        : `is taken: ${describe(name)} must be unique`,
    })),
    ...[...own.values()]
      .filter((volume) => !twice.some(({ name }) => name === volume.name))
      .filter(
        (volume) =>
          !isKept(
            volume,
            volumes.find(({ name }) => name === volume.name),
          ),
      )
      .map(({ name }) => ({
        field: `${ROOT}.spec.volumes${nameIndex(user.podTemplate, 'volumes', name)}`,
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

const nameIndexOf = (items: readonly unknown[], name: string) =>
  `[${items.findIndex((item) => (item as Named | undefined)?.name === name)}]`;
