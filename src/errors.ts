import { STATUS_CODES } from 'node:http';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CustomizeRequest } from '../hooks/contract/customize.ts';
import type { RefusalLog } from './observability/refusal-log.ts';
import { truncate } from './observability/truncate.ts';
import { RequestError } from './request-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** The log of refused calls. */
    refusals: RefusalLog;
  }
}

/** The answer to a failed call. */
export const ErrorAnswer = Type.Object({
  statusCode: Type.Integer(),
  error: Type.String(),
  message: Type.String({
    description: 'Metacontroller reports it in an event on the registry.',
  }),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/**
 * Answers every failure. A caller's mistake is explained to the caller and logged as a warning. Everything else is a
 * bug: the answer is generic, and the log has the stack. Of a body, only the path of its first wrong field and the
 * registry's name are logged, each truncated to 200 characters.
 */
export function handleError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { refusals } = request.server;
  const call = { id: request.id, method: truncate(request.method), path: pathOf(request) };
  const statusCode = clientErrorCode(error);
  if (statusCode === undefined) {
    refusals.report({
      kind: `500 ${error.name}`,
      level: 'error',
      fields: { ...call, err: error, registry: registryOf(request.body) },
      message: 'internal error',
    });
    answerError(reply, 500, 'Internal error: see the log of mcpregistry-hook for details.');
    return;
  }
  // Fastify would close the connection while its client still sends: the reset would lose the answer.
  if (statusCode === 413) reply.removeHeader('connection');
  const message = explain(error, request);
  const field = error instanceof RequestError ? error.field : undefined;
  refusals.report({
    kind: `${statusCode} ${kindOf(error)}`,
    fields: { ...call, statusCode, field },
    message,
  });
  answerError(reply, statusCode, message);
}

/** Refuses calls for which there is no route: with 405 if the path has one for another method, otherwise with 404. */
export function refuseUnknownRoutes(app: FastifyInstance): void {
  const routes = new Map<string, string[]>();
  app.addHook('onRoute', ({ path, method }) => {
    const methods = [method].flat().filter((each) => each !== 'HEAD');
    routes.set(path, [...(routes.get(path) ?? []), ...methods]);
  });
  // Fastify calls a not-found handler after it has read the body, which anybody could send without limit.
  app.addHook('onRequest', (request, reply, done) =>
    done(request.is404 ? explainUnknownRoute(request, reply) : undefined),
  );

  function explainUnknownRoute(request: FastifyRequest, reply: FastifyReply): RequestError {
    const path = pathOf(request);
    const allowed = routes.get(path);
    if (allowed === undefined)
      return new RequestError(404, `The path ${path} does not exist: check the URL of the webhook.`, {
        kind: 'not found',
      });
    reply.header('allow', allowed.join(', '));
    const use = allowed.join(' or ');
    return new RequestError(405, `${path} does not support ${truncate(request.method)}: use ${use}.`, {
      kind: path,
    });
  }
}

/**
 * The path without parts that may be secret, the query and the user of an absolute URL; truncated to 200 characters.
 */
const pathOf = ({ url }: FastifyRequest) =>
  truncate(url.split('?', 1)[0]?.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') ?? '');

/** By which the log groups mistakes: without any text of the caller. */
function kindOf(error: Error): string {
  if (error instanceof RequestError) return error.kind;
  return 'code' in error ? String(error.code) : error.name;
}

function answerError(reply: FastifyReply, statusCode: number, message: string): void {
  const answer: ErrorAnswer = { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message };
  void reply.code(statusCode).send(answer);
}

/** The client closed its connection, or Node.js did because the body stalled or took too long (server.ts). */
const isAborted = (error: Error) => 'code' in error && error.code === 'ECONNRESET';

/**
 * The 4xx code of an error that is the caller's mistake: an error of ours or Fastify's with such a code, an aborted
 * call, or a body that is nested more deeply than the stack allows; undefined for a bug.
 */
function clientErrorCode(error: Error): number | undefined {
  if (isOverflow(error)) return 400;
  if (isAborted(error)) return 408;
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : undefined;
}

/** The code only recurses along a body, so an overflow is caused by its nesting. */
const isOverflow = (error: Error) => error instanceof RangeError && /call stack/.test(error.message);

/** The message of a caller's mistake; for Fastify's errors it also says what to do. */
function explain(error: Error, request: FastifyRequest): string {
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The body is not declared as JSON: send the header Content-Type: application/json.';
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is larger than ${request.server.initialConfig.bodyLimit} bytes: raise the setting BODY_LIMIT_BYTES.`;
    case 'FST_ERR_BAD_URL':
      return 'The path is not valid: check its percent-encoding.';
    case 'ECONNRESET':
      return 'The body did not arrive: the client closed the connection, sent nothing for 5 s, or took longer than 10 s.';
    default:
      if (isOverflow(error)) return 'The body is nested too deeply.';
      return error instanceof RequestError ? error.message : truncate(error.message);
  }
}

function registryOf(body: unknown): string | undefined {
  // Every hook is called with the parent.
  if (!Value.Check(CustomizeRequest, body)) return undefined;
  return truncate(`${body.parent.metadata.namespace}/${body.parent.metadata.name}`);
}
