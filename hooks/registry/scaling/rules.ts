import type { JsonObject } from '../../json.ts';
import type { Rule } from '../rule.ts';
import type { Autoscaling } from './schema.ts';

const atLeastMin: Rule<Autoscaling> = {
  field: '.maxReplicas',
  message: 'must not be less than minReplicas',
  cel: '!has(self.minReplicas) || self.minReplicas <= self.maxReplicas',
  check: ({ minReplicas = 1, maxReplicas }) => minReplicas <= maxReplicas,
};

export const autoscalingRules: readonly Rule<Autoscaling>[] = [atLeastMin];

/** An autoscaler and a fixed number would take turns. */
export const replicasOrAutoscaling: Rule<JsonObject> = {
  field: '.replicas',
  message: "can't be combined with autoscaling, which sets the number of pods: remove one of them",
  cel: '!has(self.replicas) || !has(self.autoscaling)',
  check: ({ replicas, autoscaling }) => replicas === undefined || autoscaling === undefined,
};
