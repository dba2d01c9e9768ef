import { Value } from '@sinclair/typebox/value';
import { test } from 'tap';
import { HookRequest } from '../../../hooks/contract/request.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { finalize } from '../../../hooks/finalize.ts';
import { decideSync, sync } from '../../../hooks/sync.ts';
import { ReleaseCheck } from '../../../src/call/release-check.ts';
import { summarizeCall } from '../../../src/observability/call-summary.ts';
import { version } from '../../../src/version.ts';
import { folders, type Recording, recording, recordings } from '../../fixtures/recordings.ts';
import { testApp } from '../../support/app.ts';
import { goldenCases } from '../../support/golden-cases.ts';
import { changed, context, edited, recorded, withOurChildren } from '../../support/requests.ts';

const now = () => new Date('2026-11-24T00:10:00Z');
const defaults = {
  image: 'example.com/api:v9',
  healthPort: 8080,
  pgpassImage: 'example.com/sh:v1',
  imagePullSecrets: ['pull', 'pull.other'],
};
const environment = {
  REGISTRY_API_IMAGE: defaults.image,
  REGISTRY_API_HEALTH_PORT: '8080',
  PGPASS_IMAGE: defaults.pgpassImage,
  IMAGE_PULL_SECRETS: 'pull, pull.other,pull',
};

/** The answer of the hook, without the service. */
function decide({ hook, request }: Recording): unknown {
  const hooks = { sync, finalize };
  if (hook === 'customize' || !Value.Check(HookRequest, request))
    throw new Error('not a request of these hooks');
  return hooks[hook](request, { now: now(), defaults });
}

/** A recorded call with another spec. */
function withSpec(call: Recording, spec: unknown): Recording {
  const request = JSON.parse(JSON.stringify(call.request));
  request.parent.spec = spec;
  return { ...call, request };
}

const calls = folders.flatMap(recordings).filter(({ hook }) => hook !== 'customize');

test('every recorded request is answered with the same bytes as by the hook', async (t) => {
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

test('one log line for each call', async (t) => {
  const cases = [
    {
      reason: 'a sync',
      call: recording('create', 5),
      line: {
        level: 30,
        hook: 'sync',
        registry: 'mcp-system/production',
        generation: 1,
        phase: 'Pending',
        children: 6,
        msg: 'answered',
      },
    },
    {
      reason: 'the first sync of a registry',
      call: recording('create', 1),
      line: {
        level: 30,
        hook: 'sync',
        registry: 'mcp-system/production',
        generation: 1,
        phase: 'Pending',
        transition: 'none→Pending',
        children: 6,
        msg: 'phase changed',
      },
    },
    {
      reason: 'a spec that is invalid, of a registry that runs, is a warning',
      call: withSpec(recording('create', 5), { sources: [] }),
      line: {
        level: 40,
        hook: 'sync',
        registry: 'mcp-system/production',
        generation: 1,
        phase: 'Failed',
        transition: 'Pending→Failed',
        frozen: true,
        children: 6,
        msg: 'phase changed',
      },
    },
    {
      reason: 'a finalize',
      call: recording('delete', 2),
      line: {
        hook: 'finalize',
        registry: 'mcp-system/production',
        generation: 3,
        level: 30,
        phase: 'Terminating',
        transition: 'Running→Terminating',
        children: 0,
        msg: 'phase changed',
      },
    },
  ];
  for (const { reason, call, line } of cases) {
    const { app, log } = testApp();
    await app.inject({ method: 'POST', url: `/${call.hook}`, payload: call.request as object });
    const [{ ms, id, ...others } = {}] = log;
    t.strictSame(others, line, reason);
    t.equal(id, 'req-1', reason);
    t.equal(log.length, 1, reason);
    t.match(String(ms), /^[0-9]+(\.[0-9]{1,3})?$/, reason);
  }
});

test('a call is not logged at level error', async (t) => {
  const { app, log } = testApp({ environment: { LOG_LEVEL: 'error' } });
  await app.inject({ method: 'POST', url: '/sync', payload: recording('create', 1).request as object });
  t.strictSame(log, []);
});

test('additions to a request do not change its answer', async (t) => {
  const { app } = testApp({ environment, now });
  const call = recording('create', 5);
  const body = JSON.stringify(call.request);
  const cases = [
    {
      reason: 'a query string, which makes Metacontroller sync all registries again',
      url: '/sync?v=2',
      payload: body,
    },
    { reason: 'a character set', url: '/sync', payload: body, type: 'application/json; charset=utf-8' },
    { reason: 'a byte order mark', url: '/sync', payload: `\ufeff${body}` },
    {
      reason: 'keys that would change the prototype of a merged object',
      url: '/sync',
      payload: body.replace('{', '{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}},'),
    },
    { reason: 'unknown keys', url: '/sync', payload: body.replace('{', '{"later":[{"x":null}],') },
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

test('a repeated call is answered, counted and logged like the first one, at any time', async (t) => {
  let minute = 0;
  const clock = () => new Date(Date.UTC(2026, 10, 24, 6, minute));
  const at = (call: Recording) => {
    const hook = { sync, finalize }[call.hook as 'sync' | 'finalize'];
    return JSON.stringify(hook(call.request as HookRequest, { now: clock(), defaults }));
  };
  const { app, log } = testApp({ environment, now: clock });
  for (const call of calls) {
    log.length = 0;
    for (minute = 0; minute < 5; minute += 1) {
      const response = await app.inject({
        method: 'POST',
        url: `/${call.hook}`,
        payload: call.request as object,
      });
      t.equal(response.payload, at(call), `${call.folder}/${call.step} at minute ${minute}`);
    }
    const [first, ...others] = log.map(({ ms, id, ...line }) => line);
    t.equal(others.length, 4);
    for (const line of others) t.strictSame(line, first);
  }
  const { payload } = await app.inject('/metrics');
  const counted = [...payload.matchAll(/^mcpregistry_hook_calls_total.* (\d+)$/gm)];
  t.equal(
    counted.reduce((sum, [, count]) => sum + Number(count), 0),
    5 * calls.length,
  );
});

test('an answer from what is remembered is the answer that is worked out', async (t) => {
  for (const { name, registry } of goldenCases) {
    const running = withOurChildren(withSpec(recording('create', 5), registry.spec).request as HookRequest);
    const settled = { ...running.parent, status: sync(running, context).status };
    const request = JSON.parse(JSON.stringify({ ...running, parent: settled }));
    const answer = JSON.stringify(sync(request, context));
    let built = 0;
    const { app } = testApp({
      now: () => context.now,
      buildDesired: (...call) => {
        built += 1;
        return buildDesired(...call);
      },
    });
    const call = async (payload: HookRequest, reason: string) => {
      const response = await app.inject({ method: 'POST', url: '/sync', payload });
      t.equal(response.payload, answer, `${name}, ${reason}`);
    };
    const changing = (version: number) =>
      changed(request, ({ parent }) => Object.assign(parent.metadata, { resourceVersion: String(version) }));
    await call(request, 'nothing is remembered');
    await call(changing(1), 'the children are remembered');
    await call(changing(2), 'and again');
    for (const time of ['second', 'third']) await call(request, `the same body for the ${time} time`);
    // Where the children are not remembered because there is a null in the spec, the whole answer is.
    t.equal(built, JSON.stringify(registry.spec).includes('null') ? 4 : 1, name);
  }
});

test('the answers of the two hooks are kept apart', async (t) => {
  const { app } = testApp({ environment, now });
  const call = recording('delete', 1);
  for (const hook of ['sync', 'sync', 'sync', 'finalize'] as const) {
    const response = await app.inject({ method: 'POST', url: `/${hook}`, payload: call.request as object });
    t.equal(response.payload, JSON.stringify(decide({ ...call, hook })), hook);
  }
});

test('a registry that begins to share its database is warned about, though nothing else of it has changed', async (t) => {
  const { app } = testApp({ now });
  const settled = withOurChildren(recorded('create', 5));
  const { status } = sync(settled, context);
  const alone = changed(settled, (copy) => {
    copy.parent.status = JSON.parse(JSON.stringify(status));
  });
  const { spec, metadata } = alone.parent;
  const other = { ...alone.parent, metadata: { name: 'other', namespace: metadata.namespace }, spec };
  const crowded = { ...alone, related: { 'MCPRegistry.toolhive.stacklok.dev/v1alpha1': { other } } };
  for (const request of [alone, alone, alone, crowded, crowded, crowded, alone]) {
    const response = await app.inject({ method: 'POST', url: '/sync', payload: request });
    t.equal(response.payload.includes('is the database of MCPRegistry other'), request === crowded);
  }
});

test('a spec that was seen before is not evaluated again', async (t) => {
  const seen: string[] = [];
  const buildDesired = (identity: { name: string }) => {
    seen.push(identity.name);
    return { problems: [{ field: 'spec', message: 'is refused' }] };
  };
  const { app } = testApp({ buildDesired });
  for (const step of [1, 2, 3, 4, 5]) {
    await app.inject({ method: 'POST', url: '/sync', payload: recording('create', step).request as object });
  }
  t.strictSame(seen, ['production']);
});

test('a duplicate key can not hide a child so that it is deleted', async (t) => {
  const { app } = testApp({ environment, now });
  const headers = { 'content-type': 'application/json' };
  const twice = (call: Recording) => JSON.stringify(call.request).replace(/\}$/, ',"children":{}}');
  const cases = [
    {
      reason: 'a spec that is invalid',
      url: '/sync',
      payload: twice(withSpec(recording('create', 5), { sources: [] })),
      statusCode: 400,
    },
    { reason: 'a deletion', url: '/finalize', payload: twice(recording('delete', 1)), statusCode: 400 },
    {
      reason: 'a spec that is valid: all children are in the answer, whatever is observed',
      url: '/sync',
      payload: twice(recording('create', 5)),
      statusCode: 200,
    },
  ];
  for (const { reason, url, payload, statusCode } of cases) {
    const response = await app.inject({ method: 'POST', url, headers, payload });
    t.equal(response.statusCode, statusCode, reason);
    if (statusCode === 200) t.equal(response.json().children.length, 6, reason);
    else t.equal(response.json().message, 'An object in the body has the same key twice.', reason);
  }
});

test('a spec of any depth is answered, and the children stay as they are', async (t) => {
  const { app } = testApp({ environment, now });
  const headers = { 'content-type': 'application/json' };
  const call = recording('create', 5);
  for (const depth of [100, 199, 201, 1000, 5000, 10_000, 700_000]) {
    for (const [open, close] of [
      ['[', ']'],
      ['{"a":', '}'],
    ] as const) {
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
      for (const spec of [`{"podTemplateSpec":${deep}}`, `{"sources":${deep}}`, deep]) {
        const payload = JSON.stringify(withSpec(call, 'SPEC').request).replace('"SPEC"', spec);
        const response = await app.inject({ method: 'POST', url: '/sync', headers, payload });
        t.equal(response.statusCode, 200, `${depth} of ${open}`);
        t.equal(response.json().status.phase, 'Failed', `${depth} of ${open}`);
        t.equal(response.json().children.length, 6, `${depth} of ${open}`);
        const end = await app.inject({ method: 'POST', url: '/finalize', headers, payload });
        t.equal(end.statusCode, 200, `finalize, ${depth} of ${open}`);
      }
    }
  }
});

test('a call that was meant for another release is answered as usual, and asked for again', async (t) => {
  const settled = { hook: 'sync', request: withOurChildren(recorded('create', 5)) };
  const invalid = { hook: 'sync', request: edited(settled.request, { sources: [] }) };
  const unsettled = { hook: 'sync', request: recorded('create', 1) };
  const deleted = { hook: 'finalize', request: recorded('delete', 1) };
  const gone = {
    hook: 'finalize',
    request: changed(deleted.request, (copy) => Object.assign(copy, { children: {} })),
  };
  const cases = [
    { reason: 'settled', call: settled, query: '?v=9.9.9', added: 30 },
    { reason: 'another one after this one', call: settled, query: `?v=${version}.1`, added: 30 },
    { reason: 'an empty release is another one', call: settled, query: '?v=', added: 30 },
    { reason: 'and so are two', call: settled, query: `?v=${version}&v=${version}`, added: 30 },
    { reason: 'an invalid spec is settled as well', call: invalid, query: '?v=9.9.9', added: 30 },
    { reason: 'the same release', call: settled, query: `?v=${version}`, added: undefined },
    { reason: 'a URL without a release', call: settled, query: '', added: undefined },
    { reason: 'a registry that is asked about anyway', call: unsettled, query: '?v=9.9.9', added: undefined },
    { reason: 'one that is being deleted is as well', call: deleted, query: '?v=9.9.9', added: undefined },
    { reason: 'one that is gone', call: gone, query: '?v=9.9.9', added: undefined },
  ];
  for (const { reason, call, query, added } of cases) {
    const { app, log } = testApp({ now });
    const post = async (search: string) =>
      app.inject({ method: 'POST', url: `/${call.hook}${search}`, payload: call.request });
    const usual = (await post('')).json();
    // Twice, because the second answer to the same body, and each after it, is one that was kept.
    for (let times = 0; times < 3; times += 1) {
      const { statusCode, payload } = await post(query);
      t.equal(statusCode, 200, reason);
      t.strictSame(
        JSON.parse(payload),
        added === undefined ? usual : { ...usual, resyncAfterSeconds: added },
        reason,
      );
    }
    t.strictSame((await post('')).json(), usual, `${reason}: nothing is kept of it`);
    t.equal(new Set(log.map(({ msg }) => msg)).size, 1, `${reason}: it is logged like all others`);
  }
});

test('where releases differ for long, registries are asked about ever more rarely', (t) => {
  let seconds = 0;
  const releases = new ReleaseCheck('1.0.0', () => seconds * 1000);
  const request = withOurChildren(recorded('create', 5));
  const decision = decideSync(request, context);
  const answered = { text: JSON.stringify(decision.answer), summary: summarizeCall(request, decision) };
  const asked = (release: string) => JSON.parse(releases.complete(answered, release)).resyncAfterSeconds;
  const cases = [
    { reason: 'the first call', at: 100, release: '1.1.0', expected: 30 },
    { reason: 'a minute later', at: 160, release: '1.1.0', expected: 30 },
    { reason: 'as long as half of the time', at: 300, release: '1.1.0', expected: 100 },
    { reason: 'ten minutes at the longest', at: 90_000, release: '1.1.0', expected: 600 },
    { reason: 'the same release', at: 90_001, release: '1.0.0', expected: undefined },
    { reason: 'the next upgrade begins anew', at: 90_002, release: '1.2.0', expected: 30 },
  ];
  for (const { reason, at, release, expected } of cases) {
    seconds = at;
    t.equal(asked(release), expected, reason);
  }
  t.end();
});
