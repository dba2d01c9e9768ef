import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { Identity } from '../identity.ts';
import type { ChildKindRow } from './child-kind.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { apiName, INTERNAL_PORT_NAME } from './names.ts';
import { CONTAINER, type PodTemplate } from './pod-template.ts';

export type DesiredPodMonitor = KubernetesChild<IPodMonitor, 'spec'>;

/** Lets a Prometheus of the Prometheus operator read the metrics of the pods. */
export const podMonitor: ChildKindRow<DesiredPodMonitor | undefined> = {
  apiVersion: 'monitoring.coreos.com/v1',
  resource: 'podmonitors',
  nameOf: apiName,
  build: ({ identity, registry: { objects }, template }) => {
    if (!objects.monitoring?.enabled) return undefined;
    const { interval, labels = {} } = objects.monitoring;
    const name = apiName(identity);
    return {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PodMonitor',
      metadata: withLabels(labels, name, identity),
      spec: {
        podMetricsEndpoints: [
          {
            ...(interval === undefined ? {} : { interval }),
            path: '/metrics',
            port: metricsPort(template),
          },
        ],
        selector: { matchLabels: selectorOf(name) },
      },
    };
  },
  read: (object) => object,
  // By its labels a Prometheus selects it.
  isAsDesired: ({ metadata, spec }, desired) =>
    holds(spec, desired.spec) && holds(metadata['labels'], desired.metadata.labels),
  optional: { field: 'spec.monitoring', component: 'monitoring' },
};

/** Labels of the user with ours, which win. */
function withLabels(labels: Readonly<Record<string, string>>, name: string, identity: Identity) {
  const metadata = metadataOf(name, identity);
  const all = Object.entries({ ...labels, ...metadata.labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...metadata, labels: Object.fromEntries(all) };
}

/**
 * The name of the port that the probes ask, which has the metrics too. The user may have given it another name, and a setting
 * makes it that of the API. Where the container does not declare it, there is nothing that Prometheus could go by.
 */
function metricsPort({ spec }: PodTemplate): string {
  const server = spec.containers.find(({ name }) => name === CONTAINER);
  const probed = server?.readinessProbe?.httpGet?.port;
  const port = server?.ports?.find(({ name, containerPort }) => containerPort === probed || name === probed);
  return port?.name ?? INTERNAL_PORT_NAME;
}
