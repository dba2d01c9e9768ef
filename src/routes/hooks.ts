import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Context, Defaults } from '../../hooks/context.ts';
import type { FinalizeAnswer, SyncAnswer } from '../../hooks/contract/answer.ts';
import { HookRequest } from '../../hooks/contract/request.ts';
import type { Desire } from '../../hooks/desired.ts';
import { finalize } from '../../hooks/finalize.ts';
import { sync } from '../../hooks/sync.ts';
import { writeAnswer } from '../answer-text.ts';

export interface HookRoutesOptions {
  readonly now: () => Date;
  readonly defaults: Defaults;
  readonly desire: Desire;
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

type Hook = (request: HookRequest, context: Context) => SyncAnswer | FinalizeAnswer;

/** `POST /sync` and `POST /finalize`: one line round the hook of that name, and one line in the log. */
export const hookRoutes: FastifyPluginCallbackTypebox<HookRoutesOptions> = (app, options, done) => {
  const { now, defaults, desire, isClosing } = options;
  const hooks: Record<string, Hook> = {
    sync: (request, context) => sync(request, context, desire),
    finalize,
  };
  for (const [hook, decide] of Object.entries(hooks)) {
    app.post(`/${hook}`, { schema: { body: HookRequest } }, (request, reply) => {
      const answer = decide(request.body, { now: now(), defaults });
      const text = writeAnswer(answer);
      const { name, namespace, generation } = request.body.parent.metadata;
      request.log.info(
        {
          hook,
          registry: `${namespace}/${name}`,
          generation,
          phase: answer.status.phase,
          children: answer.children.length,
          ms: Math.round(reply.elapsedTime * 1000) / 1000,
        },
        'answered',
      );
      // A call that was on its way at the signal would leave its connection open, and so the process running.
      if (isClosing()) reply.header('connection', 'close');
      return reply.type('application/json; charset=utf-8').send(text);
    });
  }
  done();
};
