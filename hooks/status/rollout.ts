import type { Child } from '../contract/answer.ts';
import type { ObservedDeployment } from '../contract/kubernetes.ts';
import { isAsked, isStatusCurrent, readyReplicas } from './serving.ts';

/** Why something is on its way, or stuck: a word for programs and a sentence for people. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
}

/** How far the pods of the desired template are. */
export interface Rollout {
  /** `1 of 2 pods updated, 1 ready`; undefined while the Deployment's status speaks of something older. */
  readonly counts?: string;
  /** Why it does not go on. */
  readonly stuck?: Cause;
}

/**
 * Reads the rollout of the desired template. It is stuck when pods can't be made at all, or when the progress
 * deadline has passed; what is said of an older template says nothing of this one.
 */
export function rolloutOf(observed: ObservedDeployment | undefined, desired: Child): Rollout {
  if (!observed || !isAsked(observed, desired) || !isStatusCurrent(observed)) return {};
  const { updatedReplicas = 0, conditions = [] } = observed.status ?? {};
  const wanted = observed.spec?.replicas ?? 1;
  const counts = `${updatedReplicas} of ${wanted} pods updated, ${readyReplicas(observed)} ready`;

  const has = (type: string, status: string) =>
    conditions.find((condition) => condition.type === type && condition.status === status);
  const cause = has('ReplicaFailure', 'True') ?? has('Progressing', 'False');
  if (!cause) return { counts };
  const reason = cause.reason ?? cause.type;
  const said = [reason, cause.message].filter(Boolean).join(': ');
  return { counts, stuck: { reason, message: `${counts}; ${said}` } };
}
