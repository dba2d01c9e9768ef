import type { Explanation } from '../causes/explain-pods.ts';
import { type Children, isOptional } from '../children/child-kinds.ts';
import { podsOf } from '../children/deployment.ts';
import { apiUrl } from '../children/names.ts';
import { routesToPods, servicePort } from '../children/service.ts';
import { formatProblems, type Problem } from '../problem.ts';
import type { Repair } from '../repair/repair.ts';
import {
  type Before,
  describeAwaited,
  describeCause,
  describeOverdue,
  describePods,
  describeProgress,
  describeRepairs,
  type Progress,
  progressConditions,
  type RegistryName,
} from './progress.ts';
import { type Cause, rolloutOf, sentenceOf } from './rollout.ts';
import { awaitedChildren, isRolledOut } from './serving.ts';

/** The state of a registry. Only `Running` is Ready. */
export type Verdict = {
  readonly message: string;
  /** What is in progress. */
  readonly reconciling?: Cause;
  /** What requires user action. */
  readonly stalled?: Cause;
  /** Whether a change began a moment ago, so that counts of pods move all the time. */
  readonly recent?: boolean;
} & (
  | {
      readonly phase: 'Running';
      /** Where the registry API is reached. */
      readonly url: string;
      /** Whether what serves is the spec, with no older pod left. */
      readonly current: boolean;
      readonly recent: boolean;
    }
  | { readonly phase: 'Pending'; readonly reason: string; readonly recent: boolean }
  | { readonly phase: 'Failed' | 'Terminating'; readonly reason: string; readonly recent?: never }
);

const READY = 'Registry API is ready and serving requests';
const SERVING = 'Registry API is serving requests';
const NOT_READY = 'Registry API deployment is not ready yet';
const UNREACHABLE = 'Registry API is not reachable yet';

/**
 * The status table (docs/design.md, "Status") for a valid spec, from the top: the first row that fits decides.
 *
 * The registry of the spec serves if each child that it needs is as desired, and the Deployment is rolled out.
 *
 * @param repairs children that a merge can't make as desired
 * @param why its pods are not ready, where that is known. Whether a registry serves is never decided by it
 */
export function assess(
  children: Children,
  repairs: readonly Repair[],
  before: Before,
  registry: RegistryName,
  why?: Explanation,
): Verdict {
  const [awaited, optionalAwaited] = splitOptional(awaitedChildren(children));
  const [neededRepairs, optionalRepairs] = splitOptional(repairs);
  const url = reachableAt(children, before, registry);
  if (url !== undefined && neededRepairs.length === 0 && awaited.length === 0 && isRolledOut(children)) {
    return assessServing(
      { registry, awaited: optionalAwaited, repairs: optionalRepairs, rollout: why ? { cause: why } : {} },
      before,
      url,
    );
  }
  const { observed, desired } = children;
  const rollout = rolloutOf(observed.Deployment, desired.Deployment, why);
  const progress: Progress = { registry, awaited, repairs: neededRepairs, rollout };
  const { stuck } = rollout;
  const overdue = describeOverdue(progress, before);
  const podsReady = podsOf(observed.Deployment).ready > 0;

  if (before.ready && podsReady && url !== undefined) {
    const what = overdue ?? describeProgress(progress, before);
    const message = `${SERVING}${overdue ? '.' : ';'} ${what}`;
    const recent = !before.lasting && !stuck;
    const conditions = progressConditions(progress, before, what, overdue);
    return { phase: 'Running', url, message, current: false, recent, ...conditions };
  }
  if (stuck) {
    const message = `Registry API deployment is stuck: ${stuck.message}`;
    const conditions = progressConditions(progress, before, message, overdue);
    return { phase: 'Failed', reason: stuck.reason, message, ...conditions };
  }
  const message = overdue
    ? `Registry API is not ready. ${overdue}`
    : describeWait(progress, before, podsReady);
  const conditions = progressConditions(progress, before, message, overdue);
  const reason = rollout.cause?.reason ?? 'NotReady';
  return { phase: 'Pending', reason, message, recent: !before.lasting, ...conditions };
}

/**
 * Where the Service leads to our pods: by its port as it is desired, and while it does not have that yet, by the one that
 * was last written.
 */
function reachableAt(children: Children, before: Before, registry: RegistryName): string | undefined {
  const { observed, desired } = children;
  const { Service } = observed;
  if (!Service) return undefined;
  const written = Service.spec?.ports?.find(({ port }) => apiUrl(registry, port) === before.url)?.port;
  const port = [servicePort(desired.Service), ...(written === undefined ? [] : [written])].find((number) =>
    routesToPods(Service, desired.Service, children, number),
  );
  return port === undefined ? undefined : apiUrl(registry, port);
}

/** The children that a registry does not serve without, and the others. */
function splitOptional<T extends { readonly kind: string }>(
  children: readonly T[],
): [needed: T[], optional: T[]] {
  return [children.filter(({ kind }) => !isOptional(kind)), children.filter(({ kind }) => isOptional(kind))];
}

/**
 * The verdict on a registry that serves its spec, maybe not with all of its pods.
 *
 * @param progress of its optional children
 */
function assessServing(progress: Progress, before: Before, url: string): Verdict {
  const serving = { phase: 'Running', url, current: true, recent: false } as const;
  const { cause } = progress.rollout;
  const ready = cause ? `${READY}, but not all of its pods are ready: ${sentenceOf(cause)}` : READY;
  if (progress.awaited.length + progress.repairs.length === 0) return { ...serving, message: ready };
  const overdue = describeOverdue(progress, before);
  const what = overdue ?? describeProgress(progress, before);
  const message = `${ready}${overdue ? '.' : ';'} ${what}`;
  return { ...serving, message, ...progressConditions(progress, before, what, overdue) };
}

/** What a registry that does not serve waits for. */
function describeWait(progress: Progress, { lasting }: Before, podsReady: boolean): string {
  const { awaited, repairs, rollout } = progress;
  if (repairs.length > 0) return `${UNREACHABLE}; ${describeRepairs(progress)}`;
  // The children of a new registry appear within a second, and naming each would write the status for each: they
  // are named only when the pods don't explain the wait, or when it lasts.
  const kinds = awaited.map(({ kind }) => kind);
  const podsExplain = !podsReady || kinds.length === 0 || kinds.includes('Deployment');
  if (!podsExplain) return `${UNREACHABLE}; ${describeAwaited(awaited)}`;
  if (rollout.cause) return `${NOT_READY}: ${describeCause(rollout, rollout.cause, lasting)}`;
  if (!lasting) return NOT_READY;
  if (awaited.length > 0) return `${NOT_READY}; ${describeAwaited(awaited)}`;
  return rollout.counts ? `${NOT_READY}; ${describePods(rollout)}` : NOT_READY;
}

/** The verdict on an invalid spec. */
export function assessInvalid(problems: readonly Problem[]): Verdict {
  const reason = problems.every(isPodTemplateProblem) ? 'InvalidPodTemplateSpec' : 'InvalidSpec';
  const message = `Spec is invalid and what runs is left as it is: ${formatProblems(problems)}`;
  return { phase: 'Failed', reason, message, stalled: { reason, message } };
}

/** Whether a problem is in the user's pod template. */
export const isPodTemplateProblem = ({ field }: Problem) => field.startsWith('spec.podTemplateSpec');

export const terminating: Verdict = {
  phase: 'Terminating',
  reason: 'Terminating',
  message: 'MCPRegistry is being terminated',
};
