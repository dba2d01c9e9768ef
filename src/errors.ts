import { STATUS_CODES } from 'node:http';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HookRequest } from '../hooks/contract/request.ts';
import type { RefusalLog } from './observability/refusal-log.ts';
import { truncate } from './observability/truncate.ts';
import { RequestError } from './request-error.ts';

declare module 'fastify' {
  interface FastifyInstance {
    /** Where refused calls are logged. */
    refusals: RefusalLog;
  }
}

/** What a failed call is answered with. */
export const ErrorAnswer = Type.Object({
  statusCode: Type.Integer(),
  error: Type.String(),
  message: Type.String({
    description: 'Ends up in an event on the registry when Metacontroller is the caller.',
  }),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/**
 * Answers every failure. A caller's mistake is explained to the caller and logged as a warning; all else is a bug, whose
 * nature and stack are for the log alone. Nothing of a body is ever logged but the path of its first wrong field and the
 * registry's name, each cut to 200 characters.
 */
export function handleError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { refusals } = request.server;
  const call = { id: request.id, method: truncate(request.method), path: pathOf(request) };
  const statusCode = callersMistake(error);
  if (statusCode === undefined) {
    refusals.report({
      kind: `500 ${error.name}`,
      level: 'error',
      fields: { ...call, err: error, registry: registryOf(request.body) },
      message: 'internal error',
    });
    answerError(reply, 500, 'Internal error: the log of mcpregistry-hook has the details.');
    return;
  }
  // Fastify would close the connection, which resets it while its client still sends, and the answer would be lost.
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

/** Answers what no route is for: with 405 where there is one for another method, and 404 elsewhere. */
export function answerNotFound(app: FastifyInstance): void {
  const routes = new Map<string, string[]>();
  app.addHook('onRoute', ({ path, method }) => {
    const methods = [method].flat().filter((each) => each !== 'HEAD');
    routes.set(path, [...(routes.get(path) ?? []), ...methods]);
  });
  // A handler of what is not found would be called when the body was read: of anybody, and as many as there are.
  app.addHook('onRequest', (request, reply, done) =>
    done(request.is404 ? refuse(request, reply) : undefined),
  );

  function refuse(request: FastifyRequest, reply: FastifyReply): RequestError {
    const path = pathOf(request);
    const allowed = routes.get(path);
    if (allowed === undefined)
      return new RequestError(404, `There is nothing at ${path}.`, { kind: 'not found' });
    reply.header('allow', allowed.join(', '));
    const use = allowed.join(' or ');
    return new RequestError(405, `${truncate(request.method)} is not for ${path}: use ${use}.`, {
      kind: path,
    });
  }
}

/** Without what may hold a secret, which is the query and the user of a whole URL; at most 200 characters of it. */
const pathOf = ({ url }: FastifyRequest) =>
  truncate(url.split('?', 1)[0]?.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') ?? '');

/** By which the log gathers mistakes: without any text of the caller. */
function kindOf(error: Error): string {
  if (error instanceof RequestError) return error.kind;
  return 'code' in error ? String(error.code) : error.name;
}

function answerError(reply: FastifyReply, statusCode: number, message: string): void {
  const answer: ErrorAnswer = { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message };
  void reply.code(statusCode).send(answer);
}

/** The other end closed its connection, or Node.js did because the body stalled or took too long (server.ts). */
const isCutOff = (error: Error) => 'code' in error && error.code === 'ECONNRESET';

/**
 * The 4xx code of an error of ours or Fastify's that says so, or of a body that is nested more deeply than the stack is;
 * undefined for a bug.
 */
function callersMistake(error: Error): number | undefined {
  if (isOverflow(error)) return 400;
  if (isCutOff(error)) return 408;
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : undefined;
}

/** Nothing here recurses but along a body. */
const isOverflow = (error: Error) => error instanceof RangeError && /call stack/.test(error.message);

/** What to do about it, where Fastify says only what is wrong. */
function explain(error: Error, request: FastifyRequest): string {
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'Send the body as JSON, with the header Content-Type: application/json.';
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is larger than ${request.server.initialConfig.bodyLimit} bytes, the setting BODY_LIMIT_BYTES.`;
    case 'FST_ERR_BAD_URL':
      return 'The path is not a valid one.';
    case 'ECONNRESET':
      return 'The body did not arrive: its sender went away, sent nothing for 5 s, or took longer than 10 s.';
    default:
      if (isOverflow(error)) return 'The body is nested too deeply.';
      return error instanceof RequestError ? error.message : truncate(error.message);
  }
}

function registryOf(body: unknown): string | undefined {
  if (!Value.Check(HookRequest, body)) return undefined;
  return truncate(`${body.parent.metadata.namespace}/${body.parent.metadata.name}`);
}
