import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { type Test, test } from 'tap';
import { Load, type LoadLimits } from '../../src/load.ts';
import { until } from '../support/calls.ts';

async function setUp(t: Test, limits: Partial<LoadLimits>) {
  const app = fastify();
  const load = new Load(app, { maxCalls: 100, maxLagMs: 10_000, maxBytes: 4000, maxBody: 1000, ...limits });
  t.teardown(() => app.close());
  await app.ready();
  const call = (headers: IncomingHttpHeaders = { 'content-length': '1' }) => {
    const [response, socket] = [new EventEmitter(), new EventEmitter()];
    // As Node.js closes the response of a call under way (_http_server.js: onServerResponseClose).
    const closeResponse = () => response.emit('close');
    const refusal = load.admit({ headers, socket } as unknown as IncomingMessage, response as ServerResponse);
    return {
      limit: refusal?.limit,
      retryAfter: refusal?.retryAfter,
      end: () => response.emit('close'),
      cut: () => socket.emit('close'),
      cutUnderWay: () => socket.prependListener('close', closeResponse).emit('close'),
    };
  };
  return { load, call };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('more calls than may be under way are turned away, until one has ended', async (t) => {
  const { load, call } = await setUp(t, { maxCalls: 2 });
  const first = call();
  t.equal(first.retryAfter, undefined);
  t.equal(call().retryAfter, undefined);
  t.equal(load.underWay, 2);
  t.equal(call().limit, 'MAX_CALLS');
  t.equal(load.underWay, 2, 'what is turned away is not under way');
  first.end();
  t.equal(load.underWay, 2, 'all that came in the same turn of the event loop waited for it');
  await turn();
  t.equal(load.underWay, 1);
  t.equal(call().retryAfter, undefined);
});

test('a call ends once, with its response or with its connection', async (t) => {
  const { load, call } = await setUp(t, {});
  const calls = [call(), call(), call()];
  calls[0]?.cut();
  calls[1]?.end();
  calls[1]?.cut();
  calls[2]?.cutUnderWay();
  await turn();
  t.equal(load.underWay, 0);
});

test('calls whose bodies take too much together are turned away', async (t) => {
  const { call } = await setUp(t, { maxBytes: 2500, maxBody: 1000 });
  const isTaken = (headers: IncomingHttpHeaders) => call(headers).retryAfter === undefined;
  const first = call({ 'content-length': '1000' });
  t.equal(first.retryAfter, undefined);
  t.ok(isTaken({}), 'one without a length is taken for a large one');
  t.equal(call({ 'content-length': '501' }).limit, 'four times BODY_LIMIT_BYTES');
  t.ok(isTaken({ 'content-length': '1001' }), 'this one is not read');
  t.ok(isTaken({ 'content-length': '500' }));
  t.notOk(isTaken({ 'content-length': '1' }));
  first.end();
  await turn();
  t.ok(isTaken({ 'content-length': '1000' }));
});

test('while the event loop is late, calls are turned away, and taken again once it is not', async (t) => {
  const { load, call } = await setUp(t, { maxLagMs: 50 });
  t.equal(call().retryAfter, undefined);
  await until('a call is turned away', () => {
    block(200);
    const { limit, end } = call();
    end();
    return limit === 'MAX_LAG_MS';
  });
  t.equal(load.underWay, 1);
  await until('a call is taken', () => call().retryAfter === undefined);
});

test('those that are turned away do not all come back at once', async (t) => {
  const { call } = await setUp(t, { maxCalls: 1 });
  call();
  const seconds = new Set(Array.from({ length: 9 }, () => call().retryAfter));
  t.strictSame([...seconds].sort(), [1, 2, 3]);
});
