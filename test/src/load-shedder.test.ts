import { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { fastify } from 'fastify';
import { type Test, test } from 'tap';
import { type LoadLimits, LoadShedder } from '../../src/load-shedder.ts';
import { until } from '../support/calls.ts';

const mebibyte = 1024 * 1024;

async function setUp(t: Test, limits: Partial<LoadLimits>) {
  const app = fastify();
  const shedder = new LoadShedder(app, {
    maxCalls: 100,
    maxLagMs: 10_000,
    maxLargeBytes: 40 * mebibyte,
    maxBody: 10 * mebibyte,
    ...limits,
  });
  t.teardown(() => app.close());
  await app.ready();
  const call = (headers: IncomingHttpHeaders = { 'content-length': '1' }, socket = new EventEmitter()) => {
    const response = new EventEmitter();
    // Node.js closes the response of a call in flight like this (_http_server.js: onServerResponseClose).
    const closeResponse = () => response.emit('close');
    const reached = shedder.admit(
      { headers, socket } as unknown as IncomingMessage,
      response as ServerResponse,
    );
    return {
      limit: reached?.setting,
      retryAfter: reached?.retryAfter,
      end: () => response.emit('close'),
      cut: () => socket.emit('close'),
      cutInFlight: () => socket.prependListener('close', closeResponse).emit('close'),
    };
  };
  return { shedder, call };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function block(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('calls beyond the maximum in flight are shed until one has ended', async (t) => {
  const { shedder, call } = await setUp(t, { maxCalls: 2 });
  const first = call();
  t.equal(first.retryAfter, undefined);
  t.equal(call().retryAfter, undefined);
  t.equal(shedder.inFlight, 2);
  t.equal(call().limit, 'MAX_CALLS');
  t.equal(shedder.inFlight, 2, 'a shed call is not in flight');
  first.end();
  t.equal(shedder.inFlight, 2, 'all that came in the same turn of the event loop waited for it');
  await turn();
  t.equal(shedder.inFlight, 1);
  t.equal(call().retryAfter, undefined);
});

test('a call ends once, with its response or with its connection', async (t) => {
  const { shedder, call } = await setUp(t, {});
  const calls = [call(), call(), call()];
  calls[0]?.cut();
  calls[1]?.end();
  calls[1]?.cut();
  calls[2]?.cutInFlight();
  await turn();
  t.equal(shedder.inFlight, 0);
});

test('pipelined calls end one by one, and all of them with their connection', async (t) => {
  const { shedder, call } = await setUp(t, {});
  const socket = new EventEmitter();
  const calls = Array.from({ length: 30 }, () => call({ 'content-length': String(2 * mebibyte) }, socket));
  t.equal(calls.filter(({ limit }) => limit === undefined).length, 20);
  t.equal(socket.listenerCount('close'), 1, 'Node.js warns of a leak otherwise');
  calls[0]?.end();
  await turn();
  t.equal(shedder.inFlight, 19);
  socket.emit('close');
  await turn();
  t.equal(shedder.inFlight, 0);
  t.equal(call({ 'content-length': String(10 * mebibyte) }).limit, undefined, 'their bytes are free as well');
});

test('calls are shed if large bodies take too much in total, and small ones are not', async (t) => {
  const { call } = await setUp(t, { maxLargeBytes: 25 * mebibyte, maxBody: 10 * mebibyte });
  const limitOf = (bytes: number) => call({ 'content-length': String(bytes) }).limit;
  const first = call({ 'content-length': String(10 * mebibyte) });
  t.equal(first.limit, undefined);
  t.equal(limitOf(10 * mebibyte), undefined);
  t.equal(limitOf(5 * mebibyte + 1), 'BODY_LIMIT_BYTES');
  t.equal(limitOf(10 * mebibyte + 1), undefined, 'this one is not read');
  t.equal(limitOf(5 * mebibyte), undefined);
  t.equal(limitOf(mebibyte + 1), 'BODY_LIMIT_BYTES', 'the smallest that is large');
  for (let times = 0; times < 50; times += 1)
    t.equal(limitOf(mebibyte), undefined, 'the largest that is small');
  t.equal(call({}).limit, undefined, 'no body at all');
  first.end();
  await turn();
  t.equal(limitOf(10 * mebibyte), undefined);
});

test('calls are shed while the event loop lags, and admitted again afterwards', async (t) => {
  const { shedder, call } = await setUp(t, { maxLagMs: 50 });
  t.equal(call().retryAfter, undefined);
  await until('a call is shed', () => {
    block(200);
    const { limit, end } = call();
    end();
    return limit === 'MAX_LAG_MS';
  });
  t.equal(shedder.inFlight, 1);
  await until('a call is admitted', () => call().retryAfter === undefined);
});

test('shed calls do not all come back at once', async (t) => {
  const { call } = await setUp(t, { maxCalls: 1 });
  call();
  const seconds = new Set(Array.from({ length: 9 }, () => call().retryAfter));
  t.strictSame([...seconds].sort(), [1, 2, 3]);
});
