import type { Context, Defaults } from '../../hooks/context.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import type { BuildDesired } from '../../hooks/desired.ts';
import { type CallSummary, type HookDecision, summarizeCall } from '../observability/call-summary.ts';
import { RequestError } from '../request-error.ts';
import { writeAnswer } from './answer-text.ts';
import { CallContext } from './call-context.ts';
import { type Memo, SeenKeys } from './memo.ts';
import type { ReceivedBody } from './received-body.ts';

/** A hook: decides a call. */
export type Decide = (request: HookRequest, context: Context, buildDesired: BuildDesired) => HookDecision;

export interface HookCallsOptions {
  readonly now: () => Date;
  readonly defaults: Defaults;
  readonly buildDesired: BuildDesired;
  /** Where answers are kept. */
  readonly memo: Memo;
}

/** An answer as it is sent, and what the log and the metrics need to know about it. */
export interface AnsweredCall {
  readonly text: string;
  readonly summary: CallSummary;
}

/**
 * Answers the calls of one hook. An answer that does not depend on the time is kept in memory by the bytes of the
 * request's body, so that a registry of which nothing has changed is answered without its body being parsed. It is kept
 * once the same body comes a second time, because most bodies that differ from the last one of a registry never do.
 */
export class HookCalls {
  readonly #hook: string;
  readonly #decide: Decide;
  readonly #options: HookCallsOptions;
  readonly #seen = new SeenKeys();

  constructor(hook: string, decide: Decide, options: HookCallsOptions) {
    this.#hook = hook;
    this.#decide = decide;
    this.#options = options;
  }

  /** The kept answer to a body with the same bytes; undefined if there is none. */
  recall(body: ReceivedBody): AnsweredCall | undefined {
    const kept = this.#options.memo.get(this.#keyOf(body));
    return kept === undefined ? undefined : read(kept);
  }

  /**
   * Decides the answer to a call.
   *
   * @param request the body, parsed and validated
   * @throws {RequestError} if the body has a duplicate key that could hide a child
   */
  answer(request: HookRequest, body: ReceivedBody): AnsweredCall {
    const { now, defaults, buildDesired, memo } = this.#options;
    const context = new CallContext(defaults, now);
    const decision = this.#decide(request, context, buildDesired);
    // Without desired children the answer holds observed ones only: one that a duplicate key hides would be deleted.
    if (decision.desired?.children === undefined && body.hasDuplicateKeys()) {
      throw new RequestError(400, 'An object in the body has the same key twice.');
    }
    const answered = {
      text: writeAnswer(decision.answer, decision.desired?.children),
      summary: summarizeCall(request, decision),
    };
    if (context.isTimeless && this.#seen.note(body.key)) memo.offer(this.#keyOf(body), write(answered));
    return answered;
  }

  /** The hooks share a memory. */
  #keyOf({ key }: ReceivedBody): string {
    return `${this.#hook} ${key}`;
  }
}

/** The summary in the first line, and then the answer: JSON text of `JSON.stringify` has no line break. */
const write = ({ text, summary }: AnsweredCall): string => `${JSON.stringify(summary)}\n${text}`;

function read(kept: string): AnsweredCall {
  const end = kept.indexOf('\n');
  return { summary: JSON.parse(kept.slice(0, end)), text: kept.slice(end + 1) };
}
