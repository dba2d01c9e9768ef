import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HookRequest } from '../../hooks/contract/request.ts';
import { finalize } from '../../hooks/finalize.ts';
import { decideSync } from '../../hooks/sync.ts';
import { type AnsweredCall, type Decide, HookCalls, type HookCallsOptions } from '../call/hook-calls.ts';
import { ReceivedBody } from '../call/received-body.ts';
import type { ReleaseCheck } from '../call/release-check.ts';
import { CallRecorder } from '../observability/call-recorder.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Guard } from './guard.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was received; undefined until then. */
    received: ReceivedBody | undefined;
  }
}

export interface HookRoutesOptions extends HookCallsOptions {
  readonly guard: Guard;
  readonly metrics: Metrics;
  readonly releases: ReleaseCheck;
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

const hooks: Readonly<Record<string, Decide>> = {
  sync: decideSync,
  finalize: (request, context) => ({ answer: finalize(request, context), repairs: [] }),
};

/** `POST /sync` and `POST /finalize`: each a face of the hook of that name. */
export const hookRoutes: FastifyPluginCallbackTypebox<HookRoutesOptions> = (app, options, done) => {
  const { guard, metrics, releases, isClosing } = options;
  app.decorateRequest('received');
  app.decorateRequest('outcome');
  for (const [hook, decide] of Object.entries(hooks)) {
    const calls = new HookCalls(hook, decide, options);
    const recorder = new CallRecorder(hook, metrics);
    const send = (request: FastifyRequest, reply: FastifyReply, answered: AnsweredCall) => {
      recorder.recordAnswer(request, reply, answered.summary);
      // The next call of the client then opens a connection to an instance that stays.
      if (isClosing()) reply.header('connection', 'close');
      const { v } = request.query as { readonly v?: unknown };
      return reply.type('application/json; charset=utf-8').send(releases.complete(answered, v));
    };
    app.post(
      `/${hook}`,
      {
        schema: { body: HookRequest },
        onRequest: guard(hook),
        preValidation: (request, reply, next) => {
          const bytes: unknown = request.body;
          // A call without a body, which does not pass the validation.
          if (!Buffer.isBuffer(bytes)) return next();
          request.received = new ReceivedBody(bytes);
          const known = calls.recall(request.received);
          if (known !== undefined) return void send(request, reply, known);
          // Validated next.
          request.body = request.received.parse() as HookRequest;
          next();
        },
        onResponse: recorder.onResponse,
        onRequestAbort: recorder.onRequestAbort,
      },
      // A body that passed the validation was received.
      (request, reply) => send(request, reply, calls.answer(request.body, request.received as ReceivedBody)),
    );
  }
  done();
};
