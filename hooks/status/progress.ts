import type { Healing } from '../heal/heal.ts';
import type { Cause, Rollout } from './rollout.ts';
import type { AwaitedChild } from './serving.ts';

/** What was the case before. */
export interface Before {
  /** Whether the Ready condition was last written as True. */
  readonly ready: boolean;
  /** Whether children have been awaited for so long that they won't come by themselves. */
  readonly overdue: boolean;
}

/** What a registry that is not settled waits for. */
export interface Waiting {
  /** Children that are missing or not as desired. */
  readonly awaited: readonly AwaitedChild[];
  /** Whether any child is there: a new registry has none yet, and nothing is wrong with that. */
  readonly begun: boolean;
  readonly healing: readonly Healing[];
  readonly rollout: Rollout;
}

/** In a few words that end a sentence, the most telling first. */
export function tellWaiting({ awaited, healing, rollout }: Waiting): string {
  if (healing.length > 0) return healing.map(tellHealing).join(', ');
  if (rollout.stuck) return `the rollout is stuck: ${rollout.stuck.message}`;
  if (awaited.length > 0 && !awaited.some(({ kind }) => kind === 'Deployment')) {
    return `waiting for ${awaited.map(({ kind, name }) => `${kind} ${name}`).join(', ')}`;
  }
  return rollout.counts
    ? `a new version is rolling out: ${rollout.counts}`
    : 'a new version is being applied';
}

function tellHealing({ kind, name, how, why }: Healing): string {
  const what = {
    adopted: 'is taken back',
    replaced: 'is replaced',
    blocked: 'can not be brought back without deleting it',
  };
  return `${kind} ${name} ${what[how]}: ${why}`;
}

/** The reason of Reconciling while a child is missing or not as desired; a rollout has another. */
export const APPLYING = 'ApplyingChildren';

/**
 * The kstatus pair (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md): what is on
 * its way, and what needs a person. A rollout that is stuck is on its way no more.
 */
export function causesOf(
  waiting: Waiting,
  before: Before,
  message: string,
): { reconciling?: Cause; stalled?: Cause } {
  const { awaited, begun, healing, rollout } = waiting;
  if (rollout.stuck) return { stalled: { reason: rollout.stuck.reason, message } };
  const applying = begun && awaited.length + healing.length > 0;
  const reconciling = { reason: applying ? APPLYING : 'Progressing', message };
  const blocked = healing.filter(({ how }) => how === 'blocked');
  if (blocked.length > 0) {
    return {
      reconciling,
      stalled: { reason: 'ChildNotApplied', message: blocked.map(tellHealing).join(', ') },
    };
  }
  return awaited.length > 0 && before.overdue
    ? { reconciling, stalled: notApplied(awaited) }
    : { reconciling };
}

/** The hook never hears of a refusal, and a name that is taken gives no event at all: so both are told. */
function notApplied(awaited: readonly AwaitedChild[]): Cause {
  const names = awaited.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  const commands = awaited.map(
    ({ kind, name, namespace }) =>
      `kubectl get ${kind.toLowerCase()} ${name} -n ${namespace} -o jsonpath='{.metadata.ownerReferences}{.metadata.labels}'`,
  );
  return {
    reason: 'ChildNotApplied',
    message: `Not there as desired for over a minute: ${names}. Either the API server refuses it: kubectl describe mcpregistry shows an event SyncError, mend what it says. Or an object of that name does not belong to this registry: ${commands.join(' and ')} shows its owner and labels; delete or rename that object, or rename the registry.`,
  };
}
