import type { FastifyReply, onRequestHookHandler } from 'fastify';
import type { Connections } from '../connections.ts';
import type { LoadShedder, ReachedLimit } from '../load-shedder.ts';
import type { Metrics } from '../observability/metrics.ts';
import { RequestError } from '../request-error.ts';
import type { Authentication } from '../security/authentication.ts';

export interface GuardOptions {
  readonly authentication: Authentication;
  readonly connections: Connections;
  readonly shedder: LoadShedder;
  readonly metrics: Metrics;
}

/** Makes the guard of a hook: the checks that a call passes before its body is read. */
export type Guard = (hook: string) => onRequestHookHandler;

/** What to do if calls are shed often. */
const advice: Readonly<Record<ReachedLimit['setting'], string>> = {
  MAX_CALLS: 'MAX_CALLS is reached. Raise it or run more replicas.',
  MAX_LAG_MS: 'MAX_LAG_MS is exceeded. Run more replicas or give them more CPU.',
  BODY_LIMIT_BYTES:
    'bodies of more than 1 MiB take four times BODY_LIMIT_BYTES. Raise it with the memory limit, or run more replicas.',
};

const tooManyRequests = JSON.stringify({
  statusCode: 429,
  error: 'Too Many Requests',
  message: 'The service is overloaded: retry after the number of seconds in the header Retry-After.',
});

/**
 * Admits a call or refuses it, before its body is read. Load is checked last, so that unauthenticated clients can't
 * take the room of others.
 */
export function guardHooks({ authentication, connections, shedder, metrics }: GuardOptions): Guard {
  return (hook) => (request, reply, done) => {
    const rejection = authentication.findRejection(request);
    if (rejection !== undefined) {
      reply.header('www-authenticate', authentication.challenges);
      if (authentication.dependsOnConnection) reply.header('connection', 'close');
      done(new RequestError(401, `The call is not authenticated: ${rejection}.`));
      return;
    }
    connections.markAuthenticated(request.raw);
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      reply.header('accept-encoding', 'identity');
      done(
        new RequestError(
          415,
          'The body has a Content-Encoding, which is not supported: send it uncompressed, without that header.',
        ),
      );
      return;
    }
    if (request.headers['transfer-encoding'] !== undefined) {
      done(
        new RequestError(
          411,
          'The header Content-Length is missing: send it, instead of sending the body in chunks.',
        ),
      );
      return;
    }
    const reached = shedder.admit(request.raw, reply.raw);
    if (reached === undefined) {
      done();
      return;
    }
    metrics.countShed(hook);
    request.server.refusals.report({
      kind: `429 ${reached.setting}`,
      fields: { id: request.id, hook, statusCode: 429 },
      message: `The call was shed: ${advice[reached.setting]}`,
    });
    sendTooManyRequests(reply, reached.retryAfter);
  };
}

/** Metacontroller calls again after this time; it reports every other 4xx code as an error. */
function sendTooManyRequests(reply: FastifyReply, retryAfter: number): void {
  void reply
    .code(429)
    .header('retry-after', String(retryAfter))
    .type('application/json; charset=utf-8')
    .send(tooManyRequests);
}
