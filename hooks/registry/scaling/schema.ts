import { type Static, Type } from '@sinclair/typebox';
import { SpecObject } from '../fields/common.ts';

/** More pods than any registry has. */
const REPLICAS_LIMIT = 1000;

/** `spec.replicas`, which the subresource `scale` reads and writes. */
export const Replicas = Type.Integer({
  description:
    'How many pods serve the registry, also set by kubectl scale. Without it and without autoscaling, the number of the Deployment is left as it is, 1 at first.',
  minimum: 0,
  maximum: REPLICAS_LIMIT,
});

/** Above the limit of a pod, there is no use that can be reached; its requests are a fifth of it. */
const UTILIZATION_LIMIT = 1000;

const Utilization = (resource: string) =>
  Type.Optional(
    Type.Integer({
      description: `Average use of ${resource} to aim for, in percent of what the container of the server requests.`,
      minimum: 1,
      maximum: UTILIZATION_LIMIT,
    }),
  );

/** What a HorizontalPodAutoscaler is made from. */
export const Autoscaling = SpecObject(
  {
    minReplicas: Type.Optional(
      Type.Integer({
        description: 'The fewest pods.',
        minimum: 1,
        maximum: REPLICAS_LIMIT,
        default: 1,
      }),
    ),
    maxReplicas: Type.Integer({ description: 'The most pods.', minimum: 1, maximum: REPLICAS_LIMIT }),
    cpu: Utilization('CPU'),
    memory: Utilization('memory'),
  },
  {
    description:
      'Adds and removes pods by their load, with a HorizontalPodAutoscaler. Without cpu and memory it aims at 80 % of the requested CPU. Not with replicas.',
  },
);
export type Autoscaling = Static<typeof Autoscaling>;

const count = { minimum: 0, maximum: REPLICAS_LIMIT } as const;
const percentage = { pattern: '^([0-9]|[1-9][0-9]|100)%$' } as const;

/** A number of pods, or a share of them. */
const PodCount = (description: string) =>
  Type.Optional(
    Type.Union([Type.Integer(count), Type.String(percentage)], {
      description: `${description}: a number, or a percentage such as "50%".`,
      'x-kubernetes-int-or-string': true,
      // For the CRD, which has one schema for both.
      ...count,
      ...percentage,
      expects: 'a number of pods from 0 to 1000, or a percentage such as "50%"',
    }),
  );

/** What a PodDisruptionBudget is made from. */
export const DisruptionBudget = SpecObject(
  {
    minAvailable: PodCount('How many pods have to stay'),
    maxUnavailable: PodCount('How many pods may be missing'),
  },
  {
    description:
      'How many pods may be evicted at a time, as when a node is drained, with a PodDisruptionBudget. Exactly one of minAvailable and maxUnavailable.',
  },
);
export type DisruptionBudget = Static<typeof DisruptionBudget>;
