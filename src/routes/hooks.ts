import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyRequest } from 'fastify';
import type { Context, Defaults } from '../../hooks/context.ts';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import type { Desire, Desired } from '../../hooks/desired.ts';
import { finalize } from '../../hooks/finalize.ts';
import { sync } from '../../hooks/sync.ts';
import { writeAnswer } from '../answer-text.ts';
import { type CallSummary, summarize } from '../call-summary.ts';
import { RequestError } from '../errors.ts';
import { hasDuplicateKeys } from '../json-text.ts';
import type { Metrics } from '../metrics.ts';
import type { Guard } from './guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the call came to; undefined if it failed. */
    outcome: CallSummary['outcome'] | undefined;
  }
}

export interface HookRoutesOptions {
  readonly now: () => Date;
  readonly defaults: Defaults;
  readonly desire: Desire;
  readonly guard: Guard;
  readonly metrics: Metrics;
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

type Hook = (request: HookRequest, context: Context, desire: Desire) => SyncAnswer | FinalizeAnswer;

const hooks: Readonly<Record<string, Hook>> = { sync, finalize };

/** `POST /sync` and `POST /finalize`: one line round the hook of that name, and one line in the log. */
export const hookRoutes: FastifyPluginCallbackTypebox<HookRoutesOptions> = (app, options, done) => {
  const { now, defaults, desire, guard, metrics, isClosing } = options;
  app.decorateRequest('outcome');
  for (const [hook, decide] of Object.entries(hooks)) {
    app.post(
      `/${hook}`,
      {
        schema: { body: HookRequest },
        onRequest: guard(hook),
        onResponse: (request, { statusCode, elapsedTime }, end) => {
          metrics.countCall(hook, request.outcome ?? failure(statusCode), statusCode, elapsedTime / 1000);
          end();
        },
      },
      (request, reply) => {
        let desired: Desired | undefined;
        const answer = decide(request.body, { now: now(), defaults }, (...call) => {
          desired = desire(...call);
          return desired;
        });
        // Only here does a child that was not seen go missing from the answer, which deletes it.
        if (desired?.children === undefined && hasDuplicateKeys(String(request.bodyBytes))) {
          throw new RequestError(400, 'An object in the body holds a key twice.');
        }
        const text = writeAnswer(answer);
        const summary = summarize(request.body, answer, desired);
        request.outcome = summary.outcome;
        metrics.countSummary(summary);
        logCall(request, hook, summary, request.body.parent.metadata.generation, {
          children: answer.children.length,
          ms: Math.round(reply.elapsedTime * 1000) / 1000,
        });
        // A connection that is left open brings its next call here, and not to an instance that goes on.
        if (isClosing()) reply.header('connection', 'close');
        return reply.type('application/json; charset=utf-8').send(text);
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
  { namespace, name, phase, phaseBefore, frozen }: CallSummary,
  generation: number,
  numbers: { readonly children: number; readonly ms: number },
): void {
  const changed = phase !== phaseBefore;
  const line = {
    id,
    hook,
    registry: `${namespace}/${name}`,
    generation,
    phase,
    ...(changed && { transition: `${phaseBefore ?? 'none'}→${phase}` }),
    ...(frozen && { frozen }),
    ...numbers,
  };
  const level = phase === 'Failed' || frozen ? 'warn' : 'info';
  log[level](line, changed ? 'phase changed' : 'answered');
}
