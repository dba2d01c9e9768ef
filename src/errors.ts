import { STATUS_CODES } from 'node:http';
import { Value } from '@sinclair/typebox/value';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HookRequest } from '../hooks/contract/request.ts';
import { WrongField } from './validation.ts';

/** What a failed call is answered with. */
export interface ErrorAnswer {
  readonly statusCode: number;
  readonly error: string;
  /** Ends up in an event on the registry when Metacontroller is the caller. */
  readonly message: string;
}

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
  const path = request.url.split('?', 1)[0];
  const statusCode = callersMistake(error);
  if (statusCode === undefined) {
    request.log.error({ err: error, method, path, registry: registryOf(request.body) }, 'internal error');
    answerError(reply, 500, 'Internal error: the log of mcpregistry-hook has the details.');
    return;
  }
  const message = explain(error, request);
  const field = error instanceof WrongField ? error.field : undefined;
  request.log.warn({ method, path, statusCode, field }, message);
  answerError(reply, statusCode, message);
}

function answerError(reply: FastifyReply, statusCode: number, message: string): void {
  const answer: ErrorAnswer = { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message };
  void reply.code(statusCode).send(answer);
}

/** The 4xx code of an error of ours or Fastify's that says so; undefined for a bug. */
function callersMistake(error: Error): number | undefined {
  if (!('statusCode' in error) || typeof error.statusCode !== 'number') return undefined;
  return error.statusCode >= 400 && error.statusCode < 500 ? error.statusCode : undefined;
}

/** What to do about it, where Fastify says only what is wrong. */
function explain(error: Error, request: FastifyRequest): string {
  switch ('code' in error ? error.code : undefined) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'Send the body as JSON, with the header Content-Type: application/json.';
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return 'The body is empty: send a Metacontroller request as JSON.';
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
      return 'The body is not valid JSON.';
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return `The body is larger than ${request.server.initialConfig.bodyLimit} bytes, the setting BODY_LIMIT_BYTES.`;
    default:
      return error.message;
  }
}

function registryOf(body: unknown): string | undefined {
  if (!Value.Check(HookRequest, body)) return undefined;
  return `${body.parent.metadata.namespace}/${body.parent.metadata.name}`;
}
