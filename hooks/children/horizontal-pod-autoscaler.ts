import type { IHorizontalPodAutoscaler } from 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler';
import type { IMetricSpec } from 'kubernetes-models/autoscaling/v2/MetricSpec';
import type { ChildKindRow } from './child-kind.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { apiName } from './names.ts';
import { CONTAINER } from './pod-template.ts';

export type DesiredAutoscaler = KubernetesChild<IHorizontalPodAutoscaler, 'spec'>;

/** What the API server aims at where a HorizontalPodAutoscaler names nothing (kubernetes: pkg/apis/autoscaling/v2/defaults.go). */
const DEFAULT_CPU = 80;

/** Adds pods to the Deployment, and removes them, by their load. */
export const horizontalPodAutoscaler: ChildKindRow<DesiredAutoscaler | undefined> = {
  apiVersion: 'autoscaling/v2',
  resource: 'horizontalpodautoscalers',
  nameOf: apiName,
  build: ({ identity, registry: { objects } }) => {
    if (!objects.autoscaling) return undefined;
    const { minReplicas = 1, maxReplicas, cpu, memory } = objects.autoscaling;
    const name = apiName(identity);
    return {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: metadataOf(name, identity),
      spec: {
        maxReplicas,
        metrics: [
          ...metric('cpu', cpu ?? (memory === undefined ? DEFAULT_CPU : undefined)),
          ...metric('memory', memory),
        ],
        minReplicas,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      },
    };
  },
  read: (object) => object,
  isAsDesired: ({ spec }, desired) => holds(spec, desired.spec),
  optional: { field: 'spec.autoscaling', component: 'autoscaling' },
  deletedFirst: true,
};

/** Of the server's container alone: sidecars need not request anything then, and their load says nothing of the server's. */
const metric = (name: 'cpu' | 'memory', averageUtilization: number | undefined): IMetricSpec[] =>
  averageUtilization === undefined
    ? []
    : [
        {
          containerResource: {
            container: CONTAINER,
            name,
            target: { averageUtilization, type: 'Utilization' },
          },
          type: 'ContainerResource',
        },
      ];
