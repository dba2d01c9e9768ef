import type { FastifyReply, FastifyRequest, onRequestAbortHookHandler, onResponseHookHandler } from 'fastify';
import type { Parent } from '../../hooks/contract/request.ts';
import { logCall, logRelated } from './call-log.ts';
import type { CallSummary } from './call-summary.ts';
import type { Metrics } from './metrics.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the call led to; undefined until that is known. */
    outcome: CallSummary['outcome'] | 'answered' | 'refused' | 'shed' | 'failed' | undefined;
  }
}

/** Logs and counts the calls of one hook. An app that uses it has to declare `outcome` on its requests. */
export class CallRecorder {
  readonly #hook: string;
  readonly #metrics: Metrics;

  constructor(hook: string, metrics: Metrics) {
    this.#hook = hook;
    this.#metrics = metrics;
  }

  /** Records a call that the hook answers, just before the answer is sent. */
  recordAnswer(request: FastifyRequest, { elapsedTime }: FastifyReply, summary: CallSummary): void {
    request.outcome = summary.outcome;
    this.#metrics.countSummary(summary);
    logCall(request.log, { id: request.id, hook: this.#hook, ms: elapsedTime }, summary);
  }

  /** Records a call that was asked which related objects a registry has, just before the answer is sent. */
  recordRelated(
    request: FastifyRequest,
    { elapsedTime }: FastifyReply,
    registry: Parent['metadata'],
    rules: number,
  ): void {
    request.outcome = 'answered';
    logRelated(request.log, { id: request.id, hook: this.#hook, ms: elapsedTime }, registry, rules);
  }

  /** Counts each call for which a response was sent, also where the call did not reach the hook. */
  readonly onResponse: onResponseHookHandler = (request, { statusCode, elapsedTime }, done) => {
    request.outcome ??= outcomeOfError(statusCode);
    this.#metrics.countCall(this.#hook, request.outcome, statusCode, elapsedTime / 1000);
    done();
  };

  /** Counts a call whose connection was closed before its body had arrived. It can't be answered. */
  readonly onRequestAbort: onRequestAbortHookHandler = (request, done) => {
    if (request.outcome === undefined) this.#metrics.countAborted(this.#hook);
    done();
  };
}

const outcomeOfError = (statusCode: number) =>
  statusCode === 429 ? 'shed' : statusCode >= 500 ? 'failed' : 'refused';
