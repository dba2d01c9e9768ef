import type { DesiredChildren } from '../children/build-children.ts';
import type { ObservedCondition, ObservedDeployment } from '../contract/kubernetes.ts';
import type { Observed } from '../observed/observed.ts';
import { type Problem, tellProblems } from '../registry/problem.ts';
import {
  awaitedChildren,
  isAsked,
  isServing,
  isStatusCurrent,
  leadsToPods,
  readyReplicas,
} from './serving.ts';

/** What is the case with a registry. `Running` is Ready, and everything else is not. */
export type Verdict =
  | { readonly phase: 'Running'; readonly message: string; readonly current: boolean }
  | {
      readonly phase: 'Pending' | 'Failed' | 'Terminating';
      readonly reason: string;
      readonly message: string;
    };

const READY = 'Registry API is ready and serving requests';
const NOT_READY = 'Registry API deployment is not ready yet';

/**
 * The status table (design: "Status") for a valid spec, from the top: the first row that fits decides.
 *
 * @param wasReady whether the Ready condition was last written as True
 */
export function assess(observed: Observed, desired: DesiredChildren, wasReady: boolean): Verdict {
  if (isServing(observed, desired)) return { phase: 'Running', message: READY, current: true };

  const stuck = stuckRollout(observed.deployment, desired);
  const oldPodsServe =
    leadsToPods(observed.service, desired.service) && readyReplicas(observed.deployment) > 0;
  if (wasReady && oldPodsServe) {
    const progress = stuck ? `the rollout is stuck: ${tell(stuck)}` : 'a new version is rolling out';
    return { phase: 'Running', message: `Registry API is serving requests, ${progress}`, current: false };
  }
  if (stuck) {
    return {
      phase: 'Failed',
      reason: stuck.reason ?? stuck.type,
      message: `Registry API deployment is stuck: ${tell(stuck)}`,
    };
  }
  return { phase: 'Pending', reason: 'NotReady', message: awaited(observed, desired) };
}

/** The verdict on a spec that can't be honoured. */
export function assessInvalid(problems: readonly Problem[]): Verdict {
  const ofTemplate = problems.every(({ field }) => field.startsWith('spec.podTemplateSpec'));
  return {
    phase: 'Failed',
    reason: ofTemplate ? 'InvalidPodTemplateSpec' : 'InvalidSpec',
    message: `Spec is invalid and what runs is left as it is: ${tellProblems(problems)}`,
  };
}

export const terminating: Verdict = {
  phase: 'Terminating',
  reason: 'Terminating',
  message: 'MCPRegistry is being terminated',
};

/**
 * The condition that says that the rollout of the desired template does not go on: pods can't be made at all,
 * or the progress deadline has passed. Conditions of an older template say nothing of this one.
 */
function stuckRollout(
  deployment: ObservedDeployment | undefined,
  desired: DesiredChildren,
): ObservedCondition | undefined {
  if (!deployment || !isAsked(deployment, desired.deployment) || !isStatusCurrent(deployment))
    return undefined;
  const has = (type: string, status: string) =>
    deployment.status?.conditions?.find(
      (condition) => condition.type === type && condition.status === status,
    );
  return has('ReplicaFailure', 'True') ?? has('Progressing', 'False');
}

const tell = ({ type, reason, message }: ObservedCondition) =>
  [reason ?? type, message].filter(Boolean).join(': ');

/**
 * What is waited for. The children of a new registry appear one after the other within a second, and naming
 * each would be a write of the status for each: so they are named only when the pods don't explain the wait.
 */
function awaited(observed: Observed, desired: DesiredChildren): string {
  const kinds = awaitedChildren(observed, desired);
  const podsReady = !kinds.includes('Deployment') && readyReplicas(observed.deployment) > 0;
  if (!podsReady || kinds.length === 0) return NOT_READY;
  return `Registry API is not reachable yet: waiting for ${kinds.join(', ')}`;
}
