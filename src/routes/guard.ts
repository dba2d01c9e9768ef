import type { FastifyBaseLogger, FastifyReply, onRequestHookHandler } from 'fastify';
import { RequestError } from '../errors.ts';
import type { Load, Refusal } from '../load.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { Authentication } from '../security/authentication.ts';

export interface GuardOptions {
  readonly authentication: Authentication;
  readonly load: Load;
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
export function guardHooks({ authentication, load, metrics }: GuardOptions): Guard {
  const report = shedReport();
  return (hook) => (request, reply, done) => {
    const whyNot = authentication.refuse(request);
    if (whyNot !== undefined) {
      reply.header('www-authenticate', authentication.challenges);
      if (authentication.isOfConnection) reply.header('connection', 'close');
      done(new RequestError(401, `The call is not authenticated: ${whyNot}.`));
      return;
    }
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      reply.header('accept-encoding', 'identity');
      done(new RequestError(415, 'Send the body as it is, without the header Content-Encoding.'));
      return;
    }
    const refusal = load.admit(request.raw, reply.raw);
    if (refusal === undefined) {
      done();
      return;
    }
    metrics.countShed(hook);
    report(request.log, refusal);
    turnAway(reply, refusal.retryAfter);
  };
}

/** Metacontroller calls again after these seconds, and takes every other code for an error. */
function turnAway(reply: FastifyReply, retryAfter: number): void {
  void reply
    .code(429)
    .header('retry-after', String(retryAfter))
    .type('application/json; charset=utf-8')
    .send(tooMany);
}

/** Logs the calls that were turned away together, once a second: a line for each would be load of its own. */
function shedReport(): (log: FastifyBaseLogger, refusal: Refusal) => void {
  let calls = 0;
  const limits = new Set<string>();
  return (log, { limit }) => {
    calls += 1;
    limits.add(limit);
    if (calls > 1) return;
    setTimeout(() => {
      log.warn({ calls }, `turned calls away: ${[...limits].join(' and ')} was reached`);
      calls = 0;
      limits.clear();
    }, 1000).unref();
  };
}
