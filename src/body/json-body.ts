import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { RequestError } from '../request-error.ts';
import { hasMoreValues } from './json-text.ts';

/** Makes an app accept only bodies of type JSON, and leaves them as bytes. */
export function parseOnlyJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/**
 * Parses a JSON body.
 *
 * @throws {RequestError} if it is not JSON, or has more values than a request can have
 */
export function parseJsonBody(body: Buffer): unknown {
  return parse(readText(body));
}

/** Decodes UTF-8. Without the check, an invalid byte would become another character, and so a name another name. */
function readText(body: Buffer): string {
  if (body.length === 0) {
    throw new RequestError(400, 'The body is empty: send a Metacontroller request as JSON.');
  }
  if (!isUtf8(body)) throw new RequestError(400, 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * More than a registry and six children can have, each an object of 1.5 MiB (the limit of etcd) whose managed fields
 * have a value every nine bytes: every registry can be synced and finalized.
 */
const maxValues = 1_500_000;

/**
 * Values are counted in longer texts only: a shorter one can't have enough values to fill a small container's memory.
 */
const countFrom = 1024 * 1024;

function parse(text: string): unknown {
  if (text.length > countFrom && hasMoreValues(text, maxValues)) {
    throw new RequestError(
      413,
      `The body has more than ${maxValues} JSON values, more than a registry and its children can have.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'The body is not valid JSON.');
  }
}
