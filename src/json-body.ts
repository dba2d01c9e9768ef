import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { RequestError } from './errors.ts';
import { holdsMoreValues } from './json-text.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent; undefined if there is none. Bytes, which the garbage collector need not copy. */
    bodyBytes: Buffer | undefined;
  }
}

/** Makes an app read bodies of JSON and no others, and keep them as they were sent. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  app.decorateRequest('bodyBytes');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    try {
      request.bodyBytes = body;
      done(null, parse(readText(body)));
    } catch (error) {
      done(error as Error);
    }
  });
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

/** Of objects that etcd would take, with a value for every 16 bytes: seven of 1.5 MiB hold fewer. */
const mostValues = 700_000;

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
