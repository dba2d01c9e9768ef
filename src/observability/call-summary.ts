import { Value } from '@sinclair/typebox/value';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { type MCPRegistryStatus, Phase } from '../../hooks/contract/status.ts';
import { objectOf } from '../../hooks/json.ts';
import type { Repair } from '../../hooks/repair/repair.ts';
import type { Decision } from '../../hooks/sync.ts';
import type { Unsettled } from './unsettled-registries.ts';

/** What a hook decided: an answer of either hook, and what led to it. */
export type HookDecision = Omit<Decision, 'answer'> & { readonly answer: SyncAnswer | FinalizeAnswer };

/** What the log and the metrics need to know about an answered call. */
export interface CallSummary {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly phase: Phase;
  /** The phase in the observed status; undefined if there is none. */
  readonly phaseBefore: Phase | undefined;
  readonly outcome: 'settled' | 'waiting' | 'invalid' | 'terminating' | 'finalized';
  /** The number of children in the answer. */
  readonly children: number;
  /** Whether children are left as they were last applied because the spec is invalid. */
  readonly frozen: boolean;
  /** The reason in the Ready condition if the spec is invalid. */
  readonly invalid: string | undefined;
  /** What keeps it from being settled; undefined if nothing does. */
  readonly unsettled:
    | (Omit<Unsettled, 'phase'> & {
        /** In milliseconds since 1970; undefined where no time is known. */
        readonly since: number | undefined;
      })
    | undefined;
  /** Children that are repaired by this answer. */
  readonly repaired: readonly Pick<Repair, 'kind' | 'action'>[];
}

/** Summarizes a call and what was decided for it. */
export function summarizeCall({ parent }: HookRequest, decision: HookDecision): CallSummary {
  const { name, namespace, generation } = parent.metadata;
  const { answer, desired, repairs } = decision;
  const { status } = answer;
  const before = objectOf(parent.status)['phase'];
  return {
    namespace,
    name,
    generation,
    phase: status.phase,
    phaseBefore: Value.Check(Phase, before) ? before : undefined,
    outcome: outcomeOf(decision),
    children: answer.children.length,
    frozen: desired?.problems !== undefined && answer.children.length > 0,
    invalid: desired?.problems && status.conditions.find(({ type }) => type === 'Ready')?.reason,
    unsettled: unsettledOf(decision, parent.metadata.deletionTimestamp),
    repaired: repairs.flatMap(({ kind, action }) => (action === 'blocked' ? [] : [{ kind, action }])),
  };
}

function outcomeOf({ answer, desired }: HookDecision): CallSummary['outcome'] {
  if ('finalized' in answer) return answer.finalized ? 'finalized' : 'terminating';
  if (desired === undefined) return 'terminating';
  if (desired.problems) return 'invalid';
  return answer.resyncAfterSeconds === undefined ? 'settled' : 'waiting';
}

/**
 * A registry that is not ready counts from when that began, whether it became Stalled meanwhile or not. An invalid spec
 * counts from when it became invalid: the registry may not have been ready before for another reason.
 */
function unsettledOf(
  { answer, desired }: HookDecision,
  deletionTimestamp: string | undefined,
): CallSummary['unsettled'] {
  const { phase, conditions }: MCPRegistryStatus = answer.status;
  const find = (type: string, status: string) =>
    conditions.find((condition) => condition.type === type && condition.status === status);
  const stalled = find('Stalled', 'True');
  const ready = find('Ready', 'False');
  const condition = stalled ?? ready ?? find('Reconciling', 'True');
  if (phase === 'Terminating') {
    const reason = condition?.reason ?? phase;
    return { stalled: stalled !== undefined, reason, since: timeOf(deletionTimestamp) };
  }
  if (condition?.reason === undefined) return undefined;
  const { reason } = condition;
  const began = desired?.problems === undefined && ready !== undefined ? ready : condition;
  return { stalled: stalled !== undefined, reason, since: timeOf(began.lastTransitionTime) };
}

/** In milliseconds since 1970; undefined if it is no time. Longer texts are none either. */
function timeOf(text: string | undefined): number | undefined {
  const time = text === undefined || text.length > 64 ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? undefined : time;
}
