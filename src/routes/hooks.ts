import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context, Defaults } from '../../hooks/context.ts';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import type { BuildDesired, Desired } from '../../hooks/desired.ts';
import { finalize } from '../../hooks/finalize.ts';
import { sync } from '../../hooks/sync.ts';
import { readJson } from '../body/json-body.ts';
import { hasDuplicateKeys } from '../body/json-text.ts';
import { writeAnswer } from '../call/answer-text.ts';
import { CallContext } from '../call/call-context.ts';
import { type CallSummary, summarize } from '../call/call-summary.ts';
import { keyOf, Memo, type MemoBounds } from '../call/memo.ts';
import { RequestError } from '../errors.ts';
import type { Metrics } from '../observability/metrics.ts';
import { shorten } from '../observability/shorten.ts';
import type { Guard } from './guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, and its key; undefined before it was read. */
    sent: { readonly bytes: Buffer; readonly key: string } | undefined;
    /** What the call came to; undefined until that is known. */
    outcome: CallSummary['outcome'] | 'refused' | 'shed' | 'failed' | undefined;
  }
}

export interface HookRoutesOptions {
  readonly now: () => Date;
  readonly defaults: Defaults;
  readonly desire: BuildDesired;
  /** Of the answers that each hook remembers. */
  readonly memoBounds: MemoBounds;
  readonly guard: Guard;
  readonly metrics: Metrics;
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

/** An answer as it is sent, and what it means. */
interface Answered {
  readonly text: string;
  readonly summary: CallSummary;
}

type Hook = (request: HookRequest, context: Context, desire: BuildDesired) => SyncAnswer | FinalizeAnswer;

const hooks: Readonly<Record<string, Hook>> = { sync, finalize };

/**
 * `POST /sync` and `POST /finalize`: one line round the hook of that name, and one line in the log. The same body is
 * answered with the same text without being read again, where the answer does not depend on the time: a registry of
 * which nothing has changed.
 */
export const hookRoutes: FastifyPluginCallbackTypebox<HookRoutesOptions> = (app, options, done) => {
  const { now, defaults, desire, memoBounds, guard, metrics, isClosing } = options;
  app.decorateRequest('sent');
  app.decorateRequest('outcome');
  for (const [hook, decide] of Object.entries(hooks)) {
    const remembered = new Memo<Answered>(memoBounds);
    const send = (request: FastifyRequest, reply: FastifyReply, { text, summary }: Answered) => {
      request.outcome = summary.outcome;
      metrics.countSummary(summary);
      logCall(request, hook, summary, Math.round(reply.elapsedTime * 1000) / 1000);
      // A connection that is left open brings its next call here, and not to an instance that goes on.
      if (isClosing()) reply.header('connection', 'close');
      return reply.type('application/json; charset=utf-8').send(text);
    };
    app.post(
      `/${hook}`,
      {
        schema: { body: HookRequest },
        onRequest: guard(hook),
        preValidation: (request, reply, next) => {
          const bytes: unknown = request.body;
          if (!Buffer.isBuffer(bytes)) return next();
          request.sent = { bytes, key: keyOf(bytes) };
          const known = remembered.get(request.sent.key);
          if (known !== undefined) return void send(request, reply, known);
          // Whether it is one is checked next.
          request.body = readJson(bytes) as HookRequest;
          next();
        },
        onResponse: (request, { statusCode, elapsedTime }, end) => {
          request.outcome ??= failure(statusCode);
          metrics.countCall(hook, request.outcome, statusCode, elapsedTime / 1000);
          end();
        },
        // Its connection was closed before its body had arrived, and nothing can be answered.
        onRequestAbort: (request, end) => {
          if (request.outcome === undefined) metrics.countCutOff(hook);
          end();
        },
      },
      (request, reply) => {
        const context = new CallContext(defaults, now);
        let desired: Desired | undefined;
        const answer = decide(request.body, context, (...call) => {
          desired = desire(...call);
          return desired;
        });
        const { bytes = Buffer.alloc(0), key = '' } = request.sent ?? {};
        // Only here does a child that was not seen go missing from the answer, which deletes it.
        if (desired?.children === undefined && hasDuplicateKeys(bytes.toString())) {
          throw new RequestError(400, 'An object in the body holds a key twice.');
        }
        const answered = { text: writeAnswer(answer), summary: summarize(request.body, answer, desired) };
        if (context.isTimeless) remembered.offer(key, answered, ({ text }) => text.length);
        return send(request, reply, answered);
      },
    );
  }
  done();
};

const failure = (statusCode: number) =>
  statusCode === 429 ? 'shed' : statusCode >= 500 ? 'failed' : 'refused';

/** A change of phase says so first; what needs a person is a warning. */
function logCall(
  { log, id }: FastifyRequest,
  hook: string,
  { namespace, name, generation, phase, phaseBefore, frozen, children }: CallSummary,
  ms: number,
): void {
  const changed = phase !== phaseBefore;
  const line = {
    id,
    hook,
    registry: shorten(`${namespace}/${name}`),
    generation,
    phase,
    ...(changed && { transition: `${phaseBefore ?? 'none'}→${phase}` }),
    ...(frozen && { frozen }),
    children,
    ms,
  };
  const level = phase === 'Failed' || frozen ? 'warn' : 'info';
  log[level](line, changed ? 'phase changed' : 'answered');
}
