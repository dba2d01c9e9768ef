import type { Explanation } from '../causes/explain-pods.ts';
import type { Repair } from '../repair/repair.ts';
import { type Cause, type Rollout, sentenceOf } from './rollout.ts';
import type { AwaitedChild } from './serving.ts';

/** The state at the previous call. */
export interface Before {
  /** Whether the Ready condition was last written as True. */
  readonly ready: boolean;
  /** The url that was last written, of any type. */
  readonly url: unknown;
  /** Whether a change has been on its way for longer than one takes that goes well. */
  readonly lasting: boolean;
  /** Whether children have been awaited for so long that they won't come by themselves. */
  readonly overdue: boolean;
}

/** The registry, as commands and labels name it. */
export interface RegistryName {
  readonly name: string;
  readonly namespace: string;
  readonly uid?: string;
}

/** What a registry that is not settled waits for. */
export interface Progress {
  readonly registry: RegistryName;
  /** Children that are missing or not as desired. */
  readonly awaited: readonly AwaitedChild[];
  readonly repairs: readonly Repair[];
  readonly rollout: Rollout;
}

/** The reason of Reconciling once children have been missing or not as desired for over a minute. */
export const APPLYING = 'ApplyingChildren';
const PROGRESSING = 'Progressing';

/**
 * What a registry waits for while its older pods serve, in words that end a sentence.
 *
 * A change that goes well is over within a minute, and until then every step of it would be a write of the
 * status: so the steps are named only when it lasts.
 */
export function describeProgress(progress: Progress, { lasting }: Before): string {
  const { awaited, repairs, rollout } = progress;
  if (repairs.length > 0) return describeRepairs(progress);
  if (rollout.stuck) return `the rollout is stuck: ${rollout.stuck.message}`;
  if (rollout.cause && awaited.length === 0) {
    return `a new version is not ready: ${describeCause(rollout, rollout.cause, lasting)}`;
  }
  if (!lasting) return 'changes are being applied';
  if (awaited.length > 0) return describeAwaited(awaited);
  return rollout.counts
    ? `a new version is rolling out: ${describePods(rollout)}`
    : 'waiting for the Deployment controller of Kubernetes';
}

/** @returns `waiting for Role a, Service b` */
export const describeAwaited = (awaited: readonly AwaitedChild[]) =>
  `waiting for ${awaited.map(nameOf).join(', ')}`;

/** Why pods are not ready. Counts come with it once they have stopped moving. */
export const describeCause = ({ counts }: Rollout, cause: Explanation, lasting: boolean): string =>
  lasting && counts ? `${counts}; ${sentenceOf(cause)}` : cause.message;

/** The counts of pods, and the command that shows more. */
export const describePods = ({ counts, inspect }: Rollout) => `${counts}. Run: ${inspect}`;

const nameOf = ({ kind, name }: AwaitedChild | Repair) => `${kind} ${name}`;

/** What is done about each child that a merge can't make as desired, and what a person has to do. */
export const describeRepairs = ({ repairs, registry }: Progress) =>
  repairs.map((repair) => describeRepair(repair, registry)).join('; ');

function describeRepair(repair: Repair, { namespace }: RegistryName): string {
  const { kind, name, why } = repair;
  switch (repair.action) {
    case 'takenOver':
      return `${nameOf(repair)} is being restored: ${why}`;
    case 'recreated':
      return `${nameOf(repair)} is being recreated: ${why}`;
    case 'blocked':
      return `${nameOf(repair)} can't be restored without deleting it: ${why}. To remove that by hand, run: kubectl edit ${kind.toLowerCase()} ${name} -n ${namespace}`;
  }
}

/**
 * Reconciling and Stalled, the conditions of kstatus
 * (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md): what is on its way, and what
 * needs a person. A rollout that is stuck is on its way no more.
 */
export function progressConditions(
  progress: Progress,
  before: Before,
  message: string,
  overdue: string | undefined,
): { reconciling?: Cause; stalled?: Cause } {
  const { awaited, repairs, rollout } = progress;
  if (rollout.stuck) return { stalled: { reason: rollout.stuck.reason, message } };
  // While a change is recent its steps have one reason, so that they are one write.
  const applying = before.lasting && awaited.length + repairs.length > 0;
  const reconciling = { reason: applying ? APPLYING : PROGRESSING, message };
  const blocked = repairs.filter(({ action }) => action === 'blocked');
  if (blocked.length > 0) {
    const cause = describeRepairs({ ...progress, repairs: blocked });
    return { reconciling, stalled: { reason: NOT_APPLIED, message: cause } };
  }
  return overdue === undefined
    ? { reconciling }
    : { reconciling, stalled: { reason: NOT_APPLIED, message: overdue } };
}

const NOT_APPLIED = 'ChildNotApplied';

/**
 * Which children have been awaited for too long, and what to do. The hook never sees a refusal, and a name that
 * is taken gives no event at all: so both causes are named, with the command that shows which it is.
 *
 * @returns undefined while there is nothing to do but wait, and while a rollout is stuck, which comes first
 */
export function describeOverdue(
  { awaited, registry, rollout }: Progress,
  { overdue }: Before,
): string | undefined {
  if (!overdue || awaited.length === 0 || rollout.stuck) return undefined;
  const { name, namespace, uid } = registry;
  const objects = awaited.map((child) => `${child.kind.toLowerCase()}/${child.name}`).join(' ');
  const columns =
    'KIND:.kind,NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name,UID:.metadata.labels.controller-uid';
  return [
    `Not created or updated for over a minute: ${awaited.map(nameOf).join(', ')}.`,
    `If the API server refuses one, an event SyncError says why, run: kubectl describe mcpregistry ${name} -n ${namespace}.`,
    `Otherwise the name is taken by an object that does not belong to this registry, run: kubectl get ${objects} -n ${namespace} -o custom-columns='${columns}'.`,
    'Delete that object, or use another name for this registry.',
    ...(uid
      ? [
          `An object without an owner becomes part of this registry when its label controller-uid is set to ${uid}.`,
        ]
      : []),
  ].join(' ');
}
