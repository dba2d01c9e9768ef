import { STATUS_CODES } from 'node:http';
import { type Static, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HookRequest } from '../hooks/contract/request.ts';
import { WrongField } from './body/validation.ts';

/** What a failed call is answered with. */
export const ErrorAnswer = Type.Object({
  statusCode: Type.Integer(),
  error: Type.String(),
  message: Type.String({
    description: 'Ends up in an event on the registry when Metacontroller is the caller.',
  }),
});
export type ErrorAnswer = Static<typeof ErrorAnswer>;

/** A request that can't be served as it was made; the message is meant for the caller. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

/**
 * Answers every failure. A caller's mistake is explained to the caller and logged as one warning; all else is a
 * bug, whose nature and stack are for the log alone. Nothing of a body is ever logged but the path of its first
 * wrong field and the registry's name.
 */
export function handleError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const { method } = request;
  const path = pathOf(request);
  const statusCode = callersMistake(error);
  if (statusCode === undefined) {
    request.log.error(
      { id: request.id, err: error, method, path, registry: registryOf(request.body) },
      'internal error',
    );
    answerError(reply, 500, 'Internal error: the log of mcpregistry-hook has the details.');
    return;
  }
  // Fastify would close the connection, which resets it while its client still sends, and the answer would be lost.
  if (statusCode === 413) reply.removeHeader('connection');
  const message = explain(error, request);
  const field = error instanceof WrongField ? error.field : undefined;
  request.log.warn({ id: request.id, method, path, statusCode, field }, message);
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
    if (allowed === undefined) return new RequestError(404, `There is nothing at ${path}.`);
    reply.header('allow', allowed.join(', '));
    return new RequestError(405, `${request.method} is not for ${path}: use ${allowed.join(' or ')}.`);
  }
}

/** Without what may hold a secret: the query, and the user of a whole URL. */
const pathOf = ({ url }: FastifyRequest) =>
  url.split('?', 1)[0]?.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '') ?? '';

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
      return isOverflow(error) ? 'The body is nested too deeply.' : error.message;
  }
}

function registryOf(body: unknown): string | undefined {
  if (!Value.Check(HookRequest, body)) return undefined;
  return `${body.parent.metadata.namespace}/${body.parent.metadata.name}`;
}
