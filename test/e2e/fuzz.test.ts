import { Agent } from 'node:http';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { test } from 'tap';
import { folders, recordings } from '../fixtures/recordings.ts';
import { call } from '../support/calls.ts';
import { numRuns, seed } from '../support/fuzz-runs.ts';
import { recorded, withOurChildren } from '../support/requests.ts';
import { body, listening } from '../support/service.ts';
import { wrongBodies } from '../support/wrong-bodies.ts';

const good = [
  ...folders
    .flatMap(recordings)
    .filter(({ hook }) => hook !== 'customize')
    .map(({ request }) => request as object),
  withOurChildren(recorded('create', 5)),
];

interface AnyAnswer {
  readonly status: { readonly phase: string; readonly message: string };
  readonly children: readonly { readonly kind: string; readonly metadata: { readonly name: string } }[];
}

/** Whether an answer to a sync lacks an observed child, other than one that has to be recreated. */
function deletes({ status, children }: AnyAnswer, sent: Buffer): boolean {
  const { children: groups } = JSON.parse(sent.toString().replace(/^\ufeff/, '')) as {
    children: Record<string, Record<string, unknown>>;
  };
  const observed = Object.values(groups).flatMap((group) => Object.keys(group ?? {}));
  const recreated = status.message.split('is being recreated').length - 1;
  const desired = children.length + recreated === 6;
  return !desired && children.length < observed.length;
}

test('a body that is wrong in any way is refused or answered, and no child is deleted', async (t) => {
  const { url, log } = await listening(t, { LOG_LEVEL: 'error' });
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.teardown(() => agent.destroy());
  const answers = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      wrongBodies(good),
      fc.constantFrom('sync', 'finalize', 'customize'),
      async (sent, hook) => {
        const { statusCode, body: text } = await call(`${url}/${hook}`, { body: sent, agent });
        answers.set(statusCode, (answers.get(statusCode) ?? 0) + 1);
        if (statusCode === 400) return typeof JSON.parse(text).message === 'string';
        return statusCode === 200 && (hook !== 'sync' || !deletes(JSON.parse(text), sent));
      },
    ),
    { numRuns, endOnFailure: true, ...seed },
  );
  t.comment(`${numRuns} bodies: ${[...answers].map(([code, count]) => `${count} times ${code}`).join(', ')}`);
  t.strictSame(log, [], 'no error, of which a crash would be one');
  t.equal((await call(`${url}/sync`, { body, agent })).statusCode, 200, 'it goes on');
});

test('headers that are wrong in any way', async (t) => {
  const { url, log } = await listening(t, { LOG_LEVEL: 'error' });
  const type = fc.constantFrom(
    'application/json',
    'application/json; charset=x',
    'text/json',
    'a/b;c',
    ';',
    '*/*',
    '{}',
  );
  const coding = fc.constantFrom('gzip', 'deflate', 'br', 'identity', 'x, y', 'GZIP');
  const sent = fc.constantFrom(
    Buffer.from(body),
    gzipSync(body),
    deflateSync(body),
    Buffer.from(body, 'utf16le'),
  );
  await fc.assert(
    fc.asyncProperty(type, fc.option(coding), sent, async (contentType, encoding, payload) => {
      const headers = { 'content-type': contentType, ...(encoding && { 'content-encoding': encoding }) };
      const { statusCode } = await call(`${url}/sync`, { headers, body: payload });
      return [200, 400, 415].includes(statusCode);
    }),
    { numRuns: numRuns / 5, endOnFailure: true, ...seed },
  );
  t.strictSame(log, []);
});

test('bodies of 16 MiB', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  // A client that keeps its connection, as Metacontroller's does, can send all of its body and read the answer.
  const agent = new Agent({ keepAlive: true });
  t.teardown(() => agent.destroy());
  const length = 16 * 1024 * 1024 - body.length - 20;
  const grown = (what: string) =>
    body.replace('"spec":{', `"spec":{"x":[${what.repeat(Math.floor(length / what.length))}0],`);
  const cases = [
    { reason: 'brackets', sent: '['.repeat(length), code: 413 },
    { reason: 'braces', sent: '{"a":'.repeat(length / 5), code: 413 },
    { reason: 'a deep list', sent: '['.repeat(length / 2) + ']'.repeat(length / 2), code: 413 },
    { reason: 'zeros in the spec', sent: grown('0,'), code: 413 },
    { reason: 'objects in the spec', sent: grown('{},'), code: 413 },
    { reason: 'text with brackets in the spec', sent: grown(`"${'[{,'.repeat(20)}",`), code: 200 },
    { reason: 'no JSON', sent: 'x'.repeat(length), code: 400 },
    { reason: 'one byte too many', sent: 'x'.repeat(16 * 1024 * 1024 + 1), code: 413 },
    { reason: 'twice as much', sent: 'x'.repeat(32 * 1024 * 1024), code: 413 },
  ];
  for (const { reason, sent, code } of cases) {
    t.equal((await call(`${url}/sync`, { body: sent, agent })).statusCode, code, reason);
  }
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
});
