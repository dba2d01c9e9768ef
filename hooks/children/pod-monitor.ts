import type { IPodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import type { Identity } from '../identity.ts';
import type { ChildKindRow } from './child-kind.ts';
import { internalPort } from './container-ports.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { API_PORT, apiName } from './names.ts';

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
            port: internalPort(template)?.name ?? API_PORT.name,
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
  repair: {
    // Dynamic apply merges this list by the ports, and leaves an endpoint that somebody else added.
    collisions: {
      fields: { spec: { fields: { podMetricsEndpoints: { key: 'port', closed: true, atomic: true } } } },
    },
  },
  optional: { field: 'spec.monitoring', component: 'monitoring' },
};

/** Labels of the user with ours, which win. */
function withLabels(labels: Readonly<Record<string, string>>, name: string, identity: Identity) {
  const metadata = metadataOf(name, identity);
  const all = Object.entries({ ...labels, ...metadata.labels }).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...metadata, labels: Object.fromEntries(all) };
}
