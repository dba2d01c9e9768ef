import type { FastifyReply, onRequestHookHandler } from 'fastify';
import type { Connections } from '../connections.ts';
import type { LoadShedder } from '../load-shedder.ts';
import type { Metrics } from '../observability/metrics.ts';
import { RequestError } from '../request-error.ts';
import type { Authentication } from '../security/authentication.ts';

export interface GuardOptions {
  readonly authentication: Authentication;
  readonly connections: Connections;
  readonly shedder: LoadShedder;
  readonly metrics: Metrics;
}

/** Makes the guard of a hook: what a call has to pass before its body is read. */
export type Guard = (hook: string) => onRequestHookHandler;

const tooMany = JSON.stringify({
  statusCode: 429,
  error: 'Too Many Requests',
  message: 'There is more to do than can be done: try again later.',
});

/**
 * Lets a call through to its hook or answers it, before its body is read. Who is not known is not counted, so that
 * strangers can't keep others from being served.
 */
export function guardHooks({ authentication, connections, shedder, metrics }: GuardOptions): Guard {
  return (hook) => (request, reply, done) => {
    const whyNot = authentication.refuse(request);
    if (whyNot !== undefined) {
      reply.header('www-authenticate', authentication.challenges);
      if (authentication.isOfConnection) reply.header('connection', 'close');
      done(new RequestError(401, `The call is not authenticated: ${whyNot}.`));
      return;
    }
    connections.keep(request.raw);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      reply.header('accept-encoding', 'identity');
      done(new RequestError(415, 'Send the body as it is, without the header Content-Encoding.'));
      return;
    }
    if (request.headers['transfer-encoding'] !== undefined) {
      done(
        new RequestError(
          411,
          'Send the header Content-Length: a body in chunks, of unknown length, is not read.',
        ),
      );
      return;
    }
    const refusal = shedder.admit(request.raw, reply.raw);
    if (refusal === undefined) {
      done();
      return;
    }
    metrics.countShed(hook);
    request.server.refusals.report({
      kind: `429 ${refusal.limit}`,
      fields: { id: request.id, hook, statusCode: 429 },
      message: `The call was shed: ${refusal.limit} was reached.`,
    });
    shed(reply, refusal.retryAfter);
  };
}

/** Metacontroller calls again after these seconds, and takes every other code for an error. */
function shed(reply: FastifyReply, retryAfter: number): void {
  void reply
    .code(429)
    .header('retry-after', String(retryAfter))
    .type('application/json; charset=utf-8')
    .send(tooMany);
}
