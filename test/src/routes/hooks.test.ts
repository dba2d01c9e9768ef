import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { HookRequest } from '../../../hooks/contract/request.ts';
import { finalize } from '../../../hooks/finalize.ts';
import { sync } from '../../../hooks/sync.ts';
import { folders, type Recording, recording, recordings } from '../../fixtures/recordings.ts';
import { testApp } from '../../support/app.ts';

const now = () => new Date('2026-11-24T00:10:00Z');
const defaults = { image: 'example.com/api:v9', healthPort: 8080, pgpassImage: 'example.com/sh:v1' };
const environment = {
  REGISTRY_API_IMAGE: defaults.image,
  REGISTRY_API_HEALTH_PORT: '8080',
  PGPASS_IMAGE: defaults.pgpassImage,
};

/** What the brain says, without anything of the service in between. */
function decide({ hook, request }: Recording): unknown {
  const hooks = { sync, finalize };
  if (hook === 'customize' || !Value.Check(HookRequest, request))
    throw new Error('not a request of these hooks');
  return hooks[hook](request, { now: now(), defaults });
}

const calls = folders.flatMap(recordings).filter(({ hook }) => hook !== 'customize');

test('every recorded request is answered with what the brain decides, byte by byte', async (t) => {
  const { app } = testApp({ environment, now });
  for (const call of calls) {
    const response = await app.inject({
      method: 'POST',
      url: `/${call.hook}`,
      payload: call.request as object,
    });
    const name = `${call.folder}/${call.step}`;
    t.equal(response.statusCode, 200, name);
    t.equal(response.headers['content-type'], 'application/json; charset=utf-8', name);
    t.equal(response.payload, JSON.stringify(decide(call)), name);
  }
});

test('an answer does not depend on the calls before it', async (t) => {
  const { app } = testApp({ environment, now });
  for (const call of [...calls, ...calls].reverse()) {
    const response = await app.inject({
      method: 'POST',
      url: `/${call.hook}`,
      payload: call.request as object,
    });
    t.equal(response.payload, JSON.stringify(decide(call)), `${call.folder}/${call.step}`);
  }
});

test('the first call of a registry gets six children and phase Pending', async (t) => {
  const { app } = testApp();
  const response = await app.inject({
    method: 'POST',
    url: '/sync',
    payload: recording('create', 1).request as object,
  });
  const answer = response.json();
  t.equal(answer.children.length, 6);
  t.equal(answer.status.phase, 'Pending');
});

test('one line a call', async (t) => {
  const cases = [
    {
      reason: 'a sync',
      call: recording('create', 5),
      line: { hook: 'sync', registry: 'mcp-system/production', generation: 1, phase: 'Pending', children: 6 },
    },
    {
      reason: 'a finalize, whose phase and children are those of a teardown',
      call: recording('delete', 2),
      line: {
        hook: 'finalize',
        registry: 'mcp-system/production',
        generation: 3,
        phase: 'Terminating',
        children: 0,
      },
    },
  ];
  for (const { reason, call, line } of cases) {
    const { app, log } = testApp();
    await app.inject({ method: 'POST', url: `/${call.hook}`, payload: call.request as object });
    const [{ ms, ...others } = {}] = log;
    t.strictSame(others, { level: 30, ...line, msg: 'answered' }, reason);
    t.equal(log.length, 1, reason);
    t.match(String(ms), /^[0-9]+(\.[0-9]{1,3})?$/, reason);
  }
});

test('a call leaves no line where only errors are asked for', async (t) => {
  const { app, log } = testApp({ environment: { LOG_LEVEL: 'error' } });
  await app.inject({ method: 'POST', url: '/sync', payload: recording('create', 1).request as object });
  t.strictSame(log, []);
});

test('what a request has beside the request itself does not matter', async (t) => {
  const { app } = testApp({ environment, now });
  const call = recording('create', 5);
  const body = JSON.stringify(call.request);
  const cases = [
    { reason: 'a query string, that makes Metacontroller sync all again', url: '/sync?v=2', payload: body },
    { reason: 'a character set', url: '/sync', payload: body, type: 'application/json; charset=utf-8' },
    { reason: 'a byte order mark', url: '/sync', payload: `\ufeff${body}` },
    {
      reason: 'a key that is poison to objects that are merged; nothing is merged here',
      url: '/sync',
      payload: body.replace('{', '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},'),
    },
    { reason: 'keys that are not known', url: '/sync', payload: body.replace('{', '{"later":[{"x":null}],') },
  ];
  for (const { reason, url, payload, type = 'application/json' } of cases) {
    const response = await app.inject({ method: 'POST', url, headers: { 'content-type': type }, payload });
    t.equal(response.statusCode, 200, reason);
    t.equal(response.payload, JSON.stringify(decide(call)), reason);
  }
});

test('a key named __proto__ anywhere does not keep a registry from being finalized', async (t) => {
  const { app } = testApp({ environment, now });
  const call = recording('delete', 1);
  const payload = JSON.stringify(call.request).replace('"spec":{', '"spec":{"__proto__":{"x":1},');
  const headers = { 'content-type': 'application/json' };
  const response = await app.inject({ method: 'POST', url: '/finalize', headers, payload });
  t.equal(response.payload, JSON.stringify(decide(call)));
});

test('a body of nearly 16 MiB is answered', async (t) => {
  const { app } = testApp({ environment, now });
  const call = recording('create', 5);
  const payload = JSON.stringify(call.request).replace('{', `{"filler":"${'x'.repeat(16_000_000)}",`);
  const headers = { 'content-type': 'application/json' };
  const response = await app.inject({ method: 'POST', url: '/sync', headers, payload });
  t.equal(response.payload, JSON.stringify(decide(call)));
});

test('a spec that was seen before is not worked out again', async (t) => {
  const seen: string[] = [];
  const desire = (identity: { name: string }) => {
    seen.push(identity.name);
    return { problems: [{ field: 'spec', message: 'is refused' }] };
  };
  const { app } = testApp({ desire });
  for (const step of [1, 2, 3, 4, 5]) {
    await app.inject({ method: 'POST', url: '/sync', payload: recording('create', step).request as object });
  }
  t.strictSame(seen, ['production']);
});
