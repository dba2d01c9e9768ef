import type { DesiredChildren } from '../children/build-children.ts';
import type { Healing } from '../heal/heal.ts';
import type { Observed } from '../observed/observed.ts';
import { type Problem, tellProblems } from '../problem.ts';
import { type Before, causesOf, tellWaiting } from './progress.ts';
import { type Cause, rolloutOf } from './rollout.ts';
import { awaitedChildren, isServing, leadsToPods, readyReplicas } from './serving.ts';

/** What is the case with a registry. `Running` is Ready, and everything else is not. */
export type Verdict = {
  readonly message: string;
  /** What is on its way. */
  readonly reconciling?: Cause;
  /** What needs a person. */
  readonly stalled?: Cause;
} & (
  | { readonly phase: 'Running'; readonly current: boolean }
  | { readonly phase: 'Pending' | 'Failed' | 'Terminating'; readonly reason: string }
);

const READY = 'Registry API is ready and serving requests';
const NOT_READY = 'Registry API deployment is not ready yet';

/**
 * The status table (docs/design.md, "Status") for a valid spec, from the top: the first row that fits decides.
 *
 * @param healing children that need more than a merge
 */
export function assess(
  observed: Observed,
  desired: DesiredChildren,
  healing: readonly Healing[],
  before: Before,
): Verdict {
  if (healing.length === 0 && isServing(observed, desired)) {
    return { phase: 'Running', message: READY, current: true };
  }
  const waiting = {
    awaited: awaitedChildren(observed, desired),
    begun: Object.values(observed).some((child) => child !== undefined),
    healing,
    rollout: rolloutOf(observed.deployment, desired.deployment),
  };
  const what = tellWaiting(waiting);
  const podsReady = readyReplicas(observed.deployment) > 0;

  if (before.ready && podsReady && leadsToPods(observed, desired)) {
    const message = `Registry API is serving requests; ${what}`;
    return { phase: 'Running', message, current: false, ...causesOf(waiting, before, what) };
  }
  const { stuck } = waiting.rollout;
  if (stuck) {
    const message = `Registry API deployment is stuck: ${stuck.message}`;
    return { phase: 'Failed', reason: stuck.reason, message, ...causesOf(waiting, before, message) };
  }
  // The children of a new registry appear within a second, and naming each would write the status for each: they
  // are named only when the pods don't explain the wait.
  const kinds = waiting.awaited.map(({ kind }) => kind);
  const podsExplain = !podsReady || kinds.length === 0 || kinds.includes('Deployment');
  const message =
    podsExplain && healing.length === 0 ? NOT_READY : `Registry API is not reachable yet; ${what}`;
  return { phase: 'Pending', reason: 'NotReady', message, ...causesOf(waiting, before, message) };
}

/** The verdict on a spec that can't be honoured. */
export function assessInvalid(problems: readonly Problem[]): Verdict {
  const reason = problems.every(isOfTemplate) ? 'InvalidPodTemplateSpec' : 'InvalidSpec';
  const message = `Spec is invalid and what runs is left as it is: ${tellProblems(problems)}`;
  return { phase: 'Failed', reason, message, stalled: { reason, message } };
}

/** Whether a problem is one of the user's pod template. */
export const isOfTemplate = ({ field }: Problem) => field.startsWith('spec.podTemplateSpec');

export const terminating: Verdict = {
  phase: 'Terminating',
  reason: 'Terminating',
  message: 'MCPRegistry is being terminated',
};
