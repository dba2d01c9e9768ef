import type { IPodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import type { ChildKindRow } from './child-kind.ts';
import { labelSelector } from './collision-rule.ts';
import { holds } from './holds.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { apiName } from './names.ts';

export type DesiredBudget = KubernetesChild<IPodDisruptionBudget, 'spec'>;

/** Limits how many pods are evicted at a time. */
export const podDisruptionBudget: ChildKindRow<DesiredBudget | undefined> = {
  apiVersion: 'policy/v1',
  resource: 'poddisruptionbudgets',
  nameOf: apiName,
  build: ({ identity, registry: { objects } }) => {
    if (!objects.disruptionBudget) return undefined;
    const { minAvailable, maxUnavailable } = objects.disruptionBudget;
    const name = apiName(identity);
    return {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadataOf(name, identity),
      spec: {
        ...(maxUnavailable === undefined ? {} : { maxUnavailable }),
        ...(minAvailable === undefined ? {} : { minAvailable }),
        selector: { matchLabels: selectorOf(name) },
      },
    };
  },
  read: (object) => object,
  isAsDesired: ({ spec }, desired) => holds(spec, desired.spec),
  repair: {
    collisions: {
      fields: {
        // The API server takes one of the two.
        spec: { oneOf: ['maxUnavailable', 'minAvailable'], fields: { selector: labelSelector } },
      },
    },
  },
  optional: { field: 'spec.disruptionBudget', component: 'disruption-budget' },
};
