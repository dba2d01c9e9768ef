import { isDeepStrictEqual } from 'node:util';
import { labelsOf } from '../../../hooks/children/metadata.ts';
import { API_PORT, apiName, CONFIG_KEY, INTERNAL_PORT_NAME } from '../../../hooks/children/names.ts';
import { CONTAINER } from '../../../hooks/children/pod-template.ts';
import { type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { shorten } from '../../../hooks/problem.ts';
import { CONFIG_DIRECTORY } from '../../../hooks/registry/server-config.ts';
import { CHART_CONFIG_DIRECTORY, isChartLabel, LEADER_ELECTION, type Release } from './chart.ts';
import type { Exportable } from './exportable.ts';

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
 * What a release loses of a registry, as sentences without a full stop.
 *
 * @param template the pod template of its Deployment
 */
export function lossesOf(exported: Exportable, release: Release, template: JsonObject): string[] {
  const pod = objectOf(template['spec']);
  const container = objectsOf(pod['containers']).find(({ name }) => name === CONTAINER) ?? {};
  return [
    ...lostOfPod(exported, release, pod, container),
    ...lostLabels(exported, template),
    ...objectsOf(container['volumeMounts'])
      .filter(({ mountPath }) => mountPath === CHART_CONFIG_DIRECTORY)
      .map(
        () => `the mount at ${CHART_CONFIG_DIRECTORY}, where the chart mounts the configuration: remove it`,
      ),
    ...lostOfObjects(exported),
  ];
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

/** Labels of the pods that the user sets, and the chart as well. */
function lostLabels({ identity }: Exportable, template: JsonObject): string[] {
  const ours: JsonObject = labelsOf(apiName(identity), identity);
  return Object.keys(objectOf(objectOf(template['metadata'])['labels']))
    .filter((name) => isChartLabel(name) && !Object.hasOwn(ours, name))
    .map((name) => `the label ${shorten(name, 80)} of the pods: the chart sets it itself`);
}
