import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { labelsOf } from '../../../hooks/children/metadata.ts';
import {
  API_PORT,
  accountName,
  apiName,
  CONFIG_KEY,
  INTERNAL_PORT_NAME,
} from '../../../hooks/children/names.ts';
import { CONFIG_HASH_ANNOTATION, CONTAINER } from '../../../hooks/children/pod-template.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { readRawConfig } from '../../../hooks/registry/raw-config.ts';
import { exceededLimit } from '../../../hooks/text/json-limits.ts';
import { CliError } from '../cli-error.ts';
import { isMoving } from '../moving-image.ts';
import {
  CHART_INTERNAL_PORT,
  exactValues,
  isChartLabel,
  LEADER_ELECTION,
  type Release,
  releaseOf,
} from './chart.ts';
import { lossesOf } from './chart-losses.ts';
import { volumesOf } from './chart-volumes.ts';
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

const WATCH_NAMESPACE = 'THV_REGISTRY_WATCH_NAMESPACE';

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
    losses: [...lossesOf(exported, release, template), ...watches.losses],
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
