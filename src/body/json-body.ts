import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { RequestError } from '../request-error.ts';
import { holdsMoreValues } from './json-text.ts';

/** Makes an app take bodies of JSON and no others, as the bytes that were sent. */
export function parseOnlyJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  );
}

/**
 * Reads a body of JSON.
 *
 * @throws {RequestError} if it is not one, or holds more values than any request has
 */
export function parseJsonBody(body: Buffer): unknown {
  return parse(readText(body));
}

/** Without this check a byte that is not UTF-8 would become another character, and a name another name. */
function readText(body: Buffer): string {
  if (body.length === 0) {
    throw new RequestError(400, 'The body is empty: send a Metacontroller request as JSON.');
  }
  if (!isUtf8(body)) throw new RequestError(400, 'The body is not valid UTF-8.');
  const text = body.toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/**
 * More than a registry and six children can hold, each an object of 1.5 MiB (the most that etcd takes) whose managed
 * fields have a value in every nine bytes: each registry can be answered, and finalized.
 */
const mostValues = 1_500_000;

/** Longer than this, a text may hold enough values to fill the memory of a small container. */
const carefulFrom = 1024 * 1024;

function parse(text: string): unknown {
  if (text.length > carefulFrom && holdsMoreValues(text, mostValues)) {
    throw new RequestError(
      413,
      `The body holds more than ${mostValues} values: no registry and its children do.`,
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new RequestError(400, 'The body is not valid JSON.');
  }
}
