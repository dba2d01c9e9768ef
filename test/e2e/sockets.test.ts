import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import fc from 'fast-check';
import { test } from 'tap';
import { call } from '../support/calls.ts';
import { numRuns, seed } from '../support/fuzz-runs.ts';
import { body, listening } from '../support/service.ts';

const request = (more = '') =>
  `POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Sends bytes, closes its half of the connection, and reads the answer. */
async function talk(url: string, bytes: string | Uint8Array): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => {});
  socket.end(bytes);
  try {
    return await text(socket);
  } catch {
    return '';
  }
}

test('a client that closes its half of the connection still gets its answer', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  t.match(await talk(url, request()), /^HTTP\/1\.1 200 OK\r\n[\s\S]*"children":\[/);
});

test('pipelined requests are answered in order', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  const answers = await talk(url, request() + request() + request('connection: close\r\n'));
  t.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 3);
});

test('many pipelined requests are answered in order, without a warning of Node.js', async (t) => {
  const warnings: Error[] = [];
  const listen = (warning: Error) => warnings.push(warning);
  process.on('warning', listen);
  t.teardown(() => process.off('warning', listen));
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  const answers = await talk(url, request().repeat(39) + request('connection: close\r\n'));
  t.equal(answers.match(/HTTP\/1\.1 200 OK/g)?.length, 40);
  t.strictSame(warnings, []);
});

test('a body without a length is not read', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  const start = 'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n';
  const answer = await talk(url, `${start}transfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`);
  t.match(answer, /^HTTP\/1\.1 411 Length Required\r\n/);
  t.match(answer, /"message":"The header Content-Length is missing: /);
  t.match(await talk(url, `${start}\r\n`), /^HTTP\/1\.1 400 [\s\S]*The body is empty/, 'no body at all');
});

test('bytes that are not HTTP, or only a part of it', async (t) => {
  const { url, log } = await listening(t, { LOG_LEVEL: 'error' });
  const whole = Buffer.from(request('connection: close\r\n'));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 500 }),
    fc.nat(whole.length).map((length) => whole.subarray(0, length)),
    fc.tuple(fc.nat(160), fc.nat(255)).map(([at, byte]) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      return changed;
    }),
  );
  await fc.assert(
    fc.asyncProperty(bytes, async (sent) => /^(HTTP\/1\.1 (200|4\d\d|505) |$)/.test(await talk(url, sent))),
    { numRuns, endOnFailure: true, ...seed },
  );
  t.strictSame(log, []);
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200, 'it goes on');
});

test('two lengths, or a length with chunks, are refused, because they allow request smuggling', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  for (const more of ['content-length: 5\r\n', 'transfer-encoding: chunked\r\n']) {
    t.match(await talk(url, request(more)), /^HTTP\/1\.1 400 /, more);
  }
});
