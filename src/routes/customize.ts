import type { FastifyPluginCallbackTypebox } from '@fastify/type-provider-typebox';
import type { Defaults } from '../../hooks/context.ts';
import { CustomizeRequest } from '../../hooks/contract/customize.ts';
import { customize } from '../../hooks/customize.ts';
import type { BuildDesired } from '../../hooks/desired.ts';
import { ReceivedBody } from '../call/received-body.ts';
import { CallRecorder } from '../observability/call-recorder.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Guard } from './guard.ts';

export interface CustomizeRoutesOptions {
  readonly guard: Guard;
  readonly metrics: Metrics;
  readonly defaults: Defaults;
  readonly buildDesired: BuildDesired;
  /** Whether the service has begun to shut down. */
  readonly isClosing: () => boolean;
}

const HOOK = 'customize';

/**
 * `POST /customize`: the face of the customize hook. Metacontroller keeps an answer until the generation changes, for 20
 * minutes at most, so none is kept here.
 */
export const customizeRoutes: FastifyPluginCallbackTypebox<CustomizeRoutesOptions> = (app, options, done) => {
  const { guard, metrics, defaults, buildDesired, isClosing } = options;
  app.decorateRequest('outcome');
  const recorder = new CallRecorder(HOOK, metrics);
  app.post(
    `/${HOOK}`,
    {
      schema: { body: CustomizeRequest },
      onRequest: guard(HOOK),
      preValidation: (request, _reply, next) => {
        const bytes: unknown = request.body;
        // A call without a body does not pass the validation. What is parsed is validated next.
        if (Buffer.isBuffer(bytes)) request.body = new ReceivedBody(bytes).parse() as CustomizeRequest;
        next();
      },
      onResponse: recorder.onResponse,
      onRequestAbort: recorder.onRequestAbort,
    },
    (request, reply) => {
      const { parent } = request.body;
      const answer = customize({ parent }, { defaults }, buildDesired);
      recorder.recordRelated(request, reply, parent.metadata, answer.relatedResources.length);
      if (isClosing()) reply.header('connection', 'close');
      return reply.type('application/json; charset=utf-8').send(JSON.stringify(answer));
    },
  );
  done();
};
