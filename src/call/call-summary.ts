import { Value } from '@sinclair/typebox/value';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { Phase } from '../../hooks/contract/status.ts';
import type { Desired } from '../../hooks/desired.ts';

/** What of a call is worth a word in the log or a number in the metrics. */
export interface CallSummary {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly phase: Phase;
  /** The phase that was written last; undefined if none was. */
  readonly phaseBefore: Phase | undefined;
  readonly outcome: 'settled' | 'waiting' | 'invalid' | 'terminating' | 'finalized';
  /** How many children are answered. */
  readonly children: number;
  /** Whether children are left as they were last applied because the spec is invalid. */
  readonly frozen: boolean;
  /** The reason in the Ready condition of a spec that can't be honoured. */
  readonly invalid: string | undefined;
  /** Children that need more than a merge to become what is desired. */
  readonly healed: readonly HealedChild[];
}

/** A child that is taken back from another hand, or deleted to be made anew. */
export interface HealedChild {
  readonly kind: string;
  readonly how: 'adopted' | 'replaced';
}

/**
 * Reads from a call and its answer what they come to.
 *
 * @param desired what the spec was found to ask for; undefined if it was not looked at
 */
export function summarize(
  { parent }: HookRequest,
  answer: SyncAnswer | FinalizeAnswer,
  desired: Desired | undefined,
): CallSummary {
  const { name, namespace, generation } = parent.metadata;
  const { status } = answer;
  const before: unknown = (parent.status as { phase?: unknown } | undefined)?.phase;
  return {
    namespace,
    name,
    generation,
    phase: status.phase,
    phaseBefore: Value.Check(Phase, before) ? before : undefined,
    outcome: outcomeOf(answer, desired),
    children: answer.children.length,
    frozen: desired?.problems !== undefined && answer.children.length > 0,
    invalid: desired?.problems && status.conditions.find(({ type }) => type === 'Ready')?.reason,
    healed: desired?.children === undefined ? [] : healedChildren(answer, desired.children.all),
  };
}

function outcomeOf(
  answer: SyncAnswer | FinalizeAnswer,
  desired: Desired | undefined,
): CallSummary['outcome'] {
  if ('finalized' in answer) return answer.finalized ? 'finalized' : 'terminating';
  if (desired === undefined) return 'terminating';
  if (desired.problems) return 'invalid';
  return answer.resyncAfterSeconds === undefined ? 'settled' : 'waiting';
}

/** A child that is answered as it is desired is the very object that was desired. */
function healedChildren({ children }: SyncAnswer, desired: SyncAnswer['children']): HealedChild[] {
  if (children === desired) return [];
  return desired
    .filter((child) => !children.includes(child))
    .map(({ kind }) => ({
      kind,
      how: children.some((answered) => answered.kind === kind) ? 'adopted' : 'replaced',
    }));
}
