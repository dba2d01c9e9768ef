import { isDeepStrictEqual } from 'node:util';
import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { labelsOf } from '../../../hooks/children/metadata.ts';
import {
  API_PORT,
  accountName,
  apiName,
  CONFIG_KEY,
  configMapName,
  INTERNAL_PORT_NAME,
} from '../../../hooks/children/names.ts';
import { CONFIG_HASH_ANNOTATION, CONTAINER } from '../../../hooks/children/pod-template.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { shorten } from '../../../hooks/problem.ts';
import { readRawConfig } from '../../../hooks/registry/raw-config.ts';
import { CONFIG_DIRECTORY } from '../../../hooks/registry/server-config.ts';
import { exceededLimit } from '../../../hooks/text/json-limits.ts';
import { CliError } from '../cli-error.ts';
import { isMoving } from '../moving-image.ts';
import {
  CHART_CONFIG_DIRECTORY,
  CHART_INTERNAL_PORT,
  CHART_VOLUME,
  exactValues,
  isChartLabel,
  type Release,
  releaseOf,
} from './chart.ts';
import type { Exportable } from './exportable.ts';

/** A registry as a release of the chart. */
export interface ChartValues {
  readonly release: Release;
  readonly values: JsonObject;
  /** What is other than with the hook, as sentences without a full stop. */
  readonly losses: readonly string[];
  /** Files that the configuration names beside itself, by name: they need a ConfigMap. */
  readonly files: Readonly<Record<string, string>>;
  /** The ServiceAccount of the pods. */
  readonly account: string;
  /** Other namespaces in which the server looks for MCP servers. */
  readonly watched: readonly string[];
}

/** The ConfigMap with the files, and the volume that it is mounted by. */
export const FILES_SUFFIX = '-files';
const FILES_VOLUME = 'registry-server-files';

const LEADER_ELECTION = 'THV_REGISTRY_LEADER_ELECTION_ID';
const WATCH_NAMESPACE = 'THV_REGISTRY_WATCH_NAMESPACE';

/** What of a container, and of a pod, the chart has values for or sets itself. */
const containerFields: ReadonlySet<string> = new Set([
  ...['name', 'image', 'imagePullPolicy', 'args', 'ports', 'env', 'envFrom', 'resources'],
  ...['livenessProbe', 'readinessProbe', 'securityContext', 'volumeMounts'],
]);
const podFields: ReadonlySet<string> = new Set([
  ...['serviceAccountName', 'securityContext', 'imagePullSecrets', 'initContainers', 'containers', 'volumes'],
  ...['nodeSelector', 'affinity', 'tolerations'],
]);

/**
 * The values under which the chart makes what the hook makes, as far as it can.
 *
 * @throws {CliError} if the aliases of `configYAML` stand for more than can be written out
 */
export function chartValues(exported: Exportable): ChartValues {
  const { identity, byKind } = exported;
  const release = releaseOf(identity);
  const { Deployment: deployment, ConfigMap: configMap, Service: service, ServiceAccount: account } = byKind;
  const template = objectOf(deployment.spec.template);
  const pod = objectOf(template['spec']);
  const container = objectsOf(pod['containers']).find(({ name }) => name === CONTAINER) ?? {};
  const { [CONFIG_KEY]: text = '', ...files } = configMap.data;
  const config = readConfig(text);
  const volumes = volumesOf(exported, release, pod, container, Object.keys(files).length > 0);
  const env = objectsOf(container['env']);
  const watches = watchedBy(env, identity.namespace);
  const accountOf = account ? release.fullname : textOf(pod['serviceAccountName']) || accountName(identity);

  const values = exactValues({
    fullnameOverride: release.fullname,
    replicaCount: byKind.HorizontalPodAutoscaler?.spec?.minReplicas ?? deployment.spec.replicas ?? 1,
    image: {
      registryServerUrl: container['image'],
      pullPolicy:
        container['imagePullPolicy'] ?? (isMoving(textOf(container['image'])) ? 'Always' : 'IfNotPresent'),
    },
    ...given('imagePullSecrets', pod['imagePullSecrets']),
    serviceAccount: {
      create: account !== undefined,
      name: accountOf,
      ...given('annotations', account?.metadata.annotations),
    },
    ...given(
      'podAnnotations',
      without(objectOf(objectOf(template['metadata'])['annotations']), isOwnAnnotation),
    ),
    ...given('podLabels', podLabels(exported, template)),
    ...given('podSecurityContext', pod['securityContext']),
    securityContext: container['securityContext'],
    service: {
      type: service.spec.type,
      port: service.spec.ports?.find(({ name }) => name === API_PORT.name)?.port ?? API_PORT.number,
      exposeInternalPort: (service.spec.ports ?? []).some(({ name }) => name !== API_PORT.name),
      ...given('annotations', service.metadata.annotations),
    },
    resources: container['resources'],
    livenessProbe: chartProbe(container['livenessProbe']),
    readinessProbe: chartProbe(container['readinessProbe']),
    ...given('nodeSelector', pod['nodeSelector']),
    ...given('tolerations', pod['tolerations']),
    ...given('affinity', pod['affinity']),
    ...given('initContainers', volumes.initContainers),
    config: { ...config, database: config['database'] ?? {} },
    ...given(
      'extraEnv',
      env.filter(({ name }) => name !== LEADER_ELECTION && name !== WATCH_NAMESPACE),
    ),
    ...given('extraEnvFrom', container['envFrom']),
    ...given('extraVolumes', volumes.volumes),
    ...given('extraVolumeMounts', volumes.volumeMounts),
    rbac: { scope: 'namespace', allowedNamespaces: watches.namespaces },
  });
  return {
    release,
    values,
    losses: [
      ...lostOfPod(exported, release, pod, container),
      ...lostLabels(exported, template),
      ...volumes.losses,
      ...watches.losses,
      ...lostOfObjects(exported),
    ],
    files,
    account: accountOf,
    watched: [
      ...new Set(
        objectsOf(config['sources']).flatMap(({ kubernetes }) => namesIn(objectOf(kubernetes)['namespaces'])),
      ),
    ].filter((namespace) => namespace !== identity.namespace),
  };
}

/** More than any configuration that fits in a ConfigMap holds without aliases. */
const configLimits = { levels: 100, values: 500_000, characters: 4 * 1024 * 1024 };

function readConfig(text: string): JsonObject {
  const config = readRawConfig(text);
  const exceeded = exceededLimit(config, configLimits);
  if (exceeded) {
    throw new CliError(`spec.configYAML has more ${exceeded} than can be written out: use fewer aliases`);
  }
  return config;
}

/** A value, unless it is empty: that is the default of the chart. */
const given = (name: string, value: unknown): JsonObject =>
  value === undefined ||
  (typeof value === 'object' && Object.keys(objectOf(value)).length === 0 && !hasItems(value))
    ? {}
    : { [name]: value };

const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

const without = (map: JsonObject, leaves: (name: string) => boolean): JsonObject =>
  Object.fromEntries(Object.entries(map).filter(([name]) => !leaves(name)));

/** The chart has a hash of its own, and nobody but the hook reads that of the template. */
const isOwnAnnotation = (name: string): boolean =>
  name === CONFIG_HASH_ANNOTATION || name === TEMPLATE_HASH_ANNOTATION;

const namesIn = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((each): each is string => typeof each === 'string') : [];

/** The labels of the pods that are the user's. */
const podLabels = ({ identity }: Exportable, template: JsonObject): JsonObject => {
  const ours = labelsOf(apiName(identity), identity);
  return without(
    objectOf(objectOf(template['metadata'])['labels']),
    (name) => Object.hasOwn(ours, name) || isChartLabel(name),
  );
};

function lostLabels({ identity }: Exportable, template: JsonObject): string[] {
  const ours: JsonObject = labelsOf(apiName(identity), identity);
  return Object.keys(objectOf(objectOf(template['metadata'])['labels']))
    .filter((name) => isChartLabel(name) && !Object.hasOwn(ours, name))
    .map((name) => `the label ${shorten(name, 80)} of the pods: the chart sets it itself`);
}

/** The chart gives the port another name. */
function chartProbe(probe: unknown): unknown {
  const { httpGet } = objectOf(probe);
  return isObject(httpGet) && httpGet['port'] === INTERNAL_PORT_NAME
    ? { ...objectOf(probe), httpGet: { ...httpGet, port: CHART_INTERNAL_PORT } }
    : probe;
}

/** Which namespaces a source looks at that names none. */
function watchedBy(env: readonly JsonObject[], own: string) {
  const { value } = env.find(({ name }) => name === WATCH_NAMESPACE) ?? {};
  const namespaces = textOf(value)
    .split(',')
    .map((name) => name.trim())
    .filter((name) => /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/.test(name));
  return namespaces.length > 0
    ? { namespaces, losses: [] }
    : {
        namespaces: [own],
        losses: [`the variable ${WATCH_NAMESPACE}: the chart sets it to ${own}, from rbac.allowedNamespaces`],
      };
}

interface Volumes {
  readonly volumes: readonly JsonObject[];
  readonly volumeMounts: readonly JsonObject[];
  readonly initContainers: readonly JsonObject[];
  readonly losses: readonly string[];
}

/**
 * The volumes of a pod without that of the configuration, which the chart has itself, and with one for the files beside it. A
 * container that looks at the configuration as well gets the ConfigMap of the chart.
 */
function volumesOf(
  { identity }: Exportable,
  { fullname }: Release,
  pod: JsonObject,
  container: JsonObject,
  hasFiles: boolean,
): Volumes {
  const isConfig = ({ configMap }: JsonObject) => objectOf(configMap)['name'] === configMapName(identity);
  const all = objectsOf(pod['volumes']);
  const configs = new Set(all.filter(isConfig).map(({ name }) => name));
  const mounts = objectsOf(container['volumeMounts']).filter(
    ({ name, mountPath }) => !(configs.has(name) && mountPath === CONFIG_DIRECTORY),
  );
  const init = objectsOf(pod['initContainers']);
  const used = new Set(
    [...mounts, ...init.flatMap(({ volumeMounts }) => objectsOf(volumeMounts))].map(({ name }) => name),
  );
  const renamed = unusedName(all.map(({ name }) => textOf(name)));
  const rename = (item: JsonObject): JsonObject =>
    item['name'] === CHART_VOLUME ? { ...item, name: renamed } : item;
  const volumes = all
    .filter((volume) => !isConfig(volume) || used.has(volume['name']))
    .map((volume) => (isConfig(volume) ? { ...volume, configMap: { name: `${fullname}-config` } } : volume));
  const files = { name: FILES_VOLUME, configMap: { name: `${fullname}${FILES_SUFFIX}` } };
  return {
    volumes: [...(hasFiles ? [files] : []), ...volumes.map(rename)],
    volumeMounts: [
      ...(hasFiles ? [{ name: FILES_VOLUME, mountPath: CONFIG_DIRECTORY, readOnly: true }] : []),
      ...mounts.map(rename),
    ],
    initContainers: init.map((each) =>
      each['volumeMounts'] === undefined
        ? each
        : { ...each, volumeMounts: objectsOf(each['volumeMounts']).map(rename) },
    ),
    losses: mounts
      .filter(({ mountPath }) => mountPath === CHART_CONFIG_DIRECTORY)
      .map(
        () => `the mount at ${CHART_CONFIG_DIRECTORY}, where the chart mounts the configuration: remove it`,
      ),
  };
}

/** A name for a volume that is named as the chart's own. */
function unusedName(names: readonly string[]): string {
  const taken = new Set(names);
  let number = 1;
  while (taken.has(`${CHART_VOLUME}-${number}`)) number += 1;
  return `${CHART_VOLUME}-${number}`;
}

/** What the chart has no value for. */
function lostOfPod(
  { identity }: Exportable,
  { fullname }: Release,
  pod: JsonObject,
  container: JsonObject,
): string[] {
  const path = 'spec.template.spec';
  const field = (at: string, name: string, value: unknown) =>
    `${at}.${name} is ${shorten(JSON.stringify(value) ?? '', 160)} with the hook`;
  const lost = Object.entries(pod)
    .filter(([name]) => !podFields.has(name))
    .map(([name, value]) => field(path, name, value));
  for (const [name, value] of Object.entries(container)) {
    if (!containerFields.has(name)) lost.push(field(`${path}.containers[${CONTAINER}]`, name, value));
  }
  for (const { name } of objectsOf(pod['containers'])) {
    if (name !== CONTAINER)
      lost.push(`the container ${shorten(textOf(name), 80)}: the chart has the server's alone`);
  }
  const args = ['serve', `--config=${CONFIG_DIRECTORY}/${CONFIG_KEY}`];
  if (!isDeepStrictEqual(container['args'], args)) {
    lost.push(field(`${path}.containers[${CONTAINER}]`, 'args', container['args']));
  }
  for (const { name, containerPort, protocol } of objectsOf(container['ports'])) {
    const chart = name === API_PORT.name ? API_PORT.number : name === INTERNAL_PORT_NAME ? 8081 : undefined;
    if (containerPort !== chart || (protocol ?? API_PORT.protocol) !== API_PORT.protocol) {
      lost.push(`the port ${String(containerPort)} of the container: the chart has 8080 and 8081 alone`);
    }
  }
  const { value } = objectsOf(container['env']).find(({ name }) => name === LEADER_ELECTION) ?? {};
  if (value !== apiName(identity))
    lost.push(`the variable ${LEADER_ELECTION}: the chart sets it to ${fullname}-leader-election`);
  return lost;
}

function lostOfObjects({ byKind }: Exportable): string[] {
  const { trafficDistribution } = byKind.Service.spec;
  return [
    ...(trafficDistribution === undefined
      ? []
      : [`spec.trafficDistribution of the Service is ${JSON.stringify(trafficDistribution)} with the hook`]),
    ...(byKind.HorizontalPodAutoscaler
      ? [
          'each helm upgrade sets the number of pods back to replicaCount, until the autoscaler changes it again',
        ]
      : []),
  ];
}

/** What is other with the chart for every registry. */
export const alwaysOther = ({ fullname, name }: Release): readonly string[] => [
  `the objects are named ${fullname}, and the Deployment selects its pods by other labels: both stand side by side, and the Service is switched at the end`,
  'the ClusterRole toolhive-registry-server-manager-role has one name for the whole cluster, and the RoleBinding toolhive-registry-server-manager-rolebinding one for each namespace: a second release fails to be installed while it would make them as well',
  `the configuration is at ${CHART_CONFIG_DIRECTORY}/config.yaml; all other files stay where they are`,
  `the replicas elect their leader by the name ${fullname}-leader-election`,
  'there is no status, and nobody checks a change before it is applied: helm upgrade --atomic takes back one that does not get ready',
  ...(name.length < fullname.length - 4
    ? [`the release is named ${name}, because Helm allows 53 characters`]
    : []),
];
