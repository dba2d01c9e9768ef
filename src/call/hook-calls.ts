import type { Context, Defaults } from '../../hooks/context.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import type { BuildDesired } from '../../hooks/desired.ts';
import { type CallSummary, type HookDecision, summarizeCall } from '../observability/call-summary.ts';
import { RequestError } from '../request-error.ts';
import { writeAnswer } from './answer-text.ts';
import { CallContext } from './call-context.ts';
import { Memo, type MemoBounds } from './memo.ts';
import type { ReceivedBody } from './received-body.ts';

/** A hook: decides a call. */
export type Decide = (request: HookRequest, context: Context, buildDesired: BuildDesired) => HookDecision;

export interface HookCallsOptions {
  readonly now: () => Date;
  readonly defaults: Defaults;
  readonly buildDesired: BuildDesired;
  /** Bounds of the answers that are kept in memory. */
  readonly memoBounds: MemoBounds;
}

/** An answer as it is sent, and what the log and the metrics need to know about it. */
export interface AnsweredCall {
  readonly text: string;
  readonly summary: CallSummary;
}

/**
 * Answers the calls of one hook. An answer that does not depend on the time is kept in memory by the bytes of the
 * request's body, so that a registry of which nothing has changed is answered without its body being parsed.
 */
export class HookCalls {
  readonly #decide: Decide;
  readonly #options: HookCallsOptions;
  readonly #memo: Memo<AnsweredCall>;

  constructor(decide: Decide, options: HookCallsOptions) {
    this.#decide = decide;
    this.#options = options;
    this.#memo = new Memo(options.memoBounds);
  }

  /** The kept answer to a body with the same bytes; undefined if there is none. */
  recall({ key }: ReceivedBody): AnsweredCall | undefined {
    return this.#memo.get(key);
  }

  /**
   * Decides the answer to a call.
   *
   * @param request the body, parsed and validated
   * @throws {RequestError} if the body has a duplicate key that could hide a child
   */
  answer(request: HookRequest, body: ReceivedBody): AnsweredCall {
    const { now, defaults, buildDesired } = this.#options;
    const context = new CallContext(defaults, now);
    const decision = this.#decide(request, context, buildDesired);
    // Without desired children the answer holds observed ones only: one that a duplicate key hides would be deleted.
    if (decision.desired?.children === undefined && body.hasDuplicateKeys()) {
      throw new RequestError(400, 'An object in the body has the same key twice.');
    }
    const answered = { text: writeAnswer(decision.answer), summary: summarizeCall(request, decision) };
    if (context.isTimeless) this.#memo.offer(body.key, answered, ({ text }) => text.length);
    return answered;
  }
}
