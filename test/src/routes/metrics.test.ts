import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { test } from 'tap';
import { buildApp } from '../../../src/app.ts';
import { UnsettledRegistries } from '../../../src/observability/unsettled-registries.ts';
import { loadSettings } from '../../../src/settings/load-settings.ts';
import { recording } from '../../fixtures/recordings.ts';
import { testApp } from '../../support/app.ts';
import { recorded, withOurChildren } from '../../support/requests.ts';

/** The lines of our own metrics that are neither zero nor times, without the prefix, sorted. */
async function counted(app: FastifyInstance): Promise<string[]> {
  // A call is in flight until its turn of the event loop has ended.
  await new Promise((resolve) => setImmediate(resolve));
  const { payload } = await app.inject('/metrics');
  return payload
    .split('\n')
    .filter((line) => line.startsWith('mcpregistry_hook_') && !line.endsWith(' 0'))
    .filter((line) => !/_duration_seconds_(sum|bucket)|build_info|last_call_timestamp|long_unset/.test(line))
    .map((line) => line.slice('mcpregistry_hook_'.length))
    .sort();
}

const post = (app: FastifyInstance, hook: string, payload: object) =>
  app.inject({ method: 'POST', url: `/${hook}`, payload });

/** A registry whose children are as desired, with a change. */
function settled(change: (request: Record<string, never>) => void = () => {}): object {
  const request = JSON.parse(JSON.stringify(withOurChildren(recorded('create', 5))));
  change(request);
  return request;
}

test('calls are counted by their outcome', async (t) => {
  const production = 'registries{phase="Running"} 1';
  const cases: { reason: string; hook?: string; request: object; lines: string[] }[] = [
    {
      reason: 'a registry that was just created',
      request: recording('create', 1).request as object,
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="waiting",code="200"} 1',
        'registries{phase="Pending"} 1',
        'unsettled_registries{phase="Pending",stalled="false",reason="NotReady"} 1',
      ],
    },
    {
      reason: 'a registry that serves',
      request: settled(),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="settled",code="200"} 1',
        production,
      ],
    },
    {
      reason: 'a spec that is invalid, of a registry that runs',
      request: settled((request: { parent?: { spec?: unknown } }) => {
        if (request.parent) request.parent.spec = { sources: [] };
      }),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="invalid",code="200"} 1',
        'frozen_answers_total 1',
        'invalid_specs_total{reason="InvalidSpec"} 1',
        'registries{phase="Failed"} 1',
        'unsettled_registries{phase="Failed",stalled="true",reason="InvalidSpec"} 1',
      ],
    },
    {
      reason: 'a pod template that is invalid, of a registry that was never there: nothing is frozen',
      request: (() => {
        const request = JSON.parse(JSON.stringify(recording('create', 1).request));
        request.parent.spec.podTemplateSpec = 'text';
        return request;
      })(),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="invalid",code="200"} 1',
        'invalid_specs_total{reason="InvalidPodTemplateSpec"} 1',
        'registries{phase="Failed"} 1',
        'unsettled_registries{phase="Failed",stalled="true",reason="InvalidPodTemplateSpec"} 1',
      ],
    },
    {
      reason: 'a RoleBinding whose roleRef was changed is recreated',
      request: settled((request: { children?: Record<string, Record<string, { roleRef: unknown }>> }) => {
        const [binding] = Object.values(request.children?.['RoleBinding.rbac.authorization.k8s.io/v1'] ?? {});
        if (binding) binding.roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'other' };
      }),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="waiting",code="200"} 1',
        'registries{phase="Pending"} 1',
        'repaired_children_total{kind="RoleBinding",action="recreated"} 1',
        'unsettled_registries{phase="Pending",stalled="false",reason="NotReady"} 1',
      ],
    },
    {
      reason: 'a Deployment that can only be repaired by deleting it is not repaired',
      request: settled(
        (request: {
          children?: Record<
            string,
            Record<string, { spec: { template: { spec: { containers: { ports: unknown[] }[] } } } }>
          >;
        }) => {
          const [deployment] = Object.values(request.children?.['Deployment.apps/v1'] ?? {});
          deployment?.spec.template.spec.containers[0]?.ports.push({ containerPort: 8080, protocol: 'UDP' });
        },
      ),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="waiting",code="200"} 1',
        'registries{phase="Pending"} 1',
        'unsettled_registries{phase="Pending",stalled="true",reason="ChildNotApplied"} 1',
      ],
    },
    {
      reason: 'a foreign port with the name of ours is taken over',
      request: settled(
        (request: { children?: Record<string, Record<string, { spec: { ports: unknown[] } }>> }) => {
          const [service] = Object.values(request.children?.['Service.v1'] ?? {});
          if (service) service.spec.ports = [{ name: 'http', port: 8079, protocol: 'TCP', targetPort: 8079 }];
        },
      ),
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="waiting",code="200"} 1',
        'registries{phase="Pending"} 1',
        'repaired_children_total{kind="Service",action="takenOver"} 1',
        'unsettled_registries{phase="Pending",stalled="false",reason="NotReady"} 1',
      ],
    },
    {
      reason: 'a registry that is being deleted',
      hook: 'finalize',
      request: recording('delete', 1).request as object,
      lines: [
        'call_duration_seconds_count{hook="finalize"} 1',
        'calls_total{hook="finalize",outcome="terminating",code="200"} 1',
        'registries{phase="Terminating"} 1',
        'unsettled_registries{phase="Terminating",stalled="false",reason="Terminating"} 1',
      ],
    },
    {
      reason: 'a body that is no request',
      request: {},
      lines: [
        'call_duration_seconds_count{hook="sync"} 1',
        'calls_total{hook="sync",outcome="refused",code="400"} 1',
      ],
    },
  ];
  for (const { reason, hook = 'sync', request, lines } of cases) {
    const { app } = testApp();
    await post(app, hook, request);
    t.strictSame(await counted(app), lines, reason);
  }
});

test('a registry that is finalized is no longer counted, and one that changes is counted once', async (t) => {
  const { app } = testApp();
  const registries = async () => (await counted(app)).filter((line) => line.startsWith('registries'));
  await post(app, 'sync', recording('create', 1).request as object);
  t.strictSame(await registries(), ['registries{phase="Pending"} 1']);
  await post(app, 'sync', settled());
  t.strictSame(await registries(), ['registries{phase="Running"} 1']);
  const gone = JSON.parse(JSON.stringify(recording('delete', 1).request));
  gone.children = {};
  await post(app, 'finalize', gone);
  t.strictSame(await registries(), []);
});

test('what is finalized counts from 0, so that Prometheus sees the first one', async (t) => {
  const { app } = testApp();
  const line = 'mcpregistry_hook_calls_total{hook="finalize",outcome="finalized",code="200"}';
  const value = async () =>
    (await app.inject('/metrics')).payload.split('\n').find((each) => each.startsWith(line));
  t.equal(await value(), `${line} 0`);
  await post(app, 'finalize', { ...(recording('delete', 1).request as object), children: {} });
  t.equal(await value(), `${line} 1`);
});

test('a bug is counted as failed', async (t) => {
  const { app } = testApp({
    buildDesired: () => {
      throw new TypeError('a bug');
    },
  });
  await post(app, 'sync', recording('create', 1).request as object);
  t.ok((await counted(app)).includes('calls_total{hook="sync",outcome="failed",code="500"} 1'));
});

test('names of registries are reported only if that is set', async (t) => {
  for (const [set, reported] of [
    ['false', false],
    ['true', true],
  ] as const) {
    const { app } = testApp({ environment: { METRICS_REGISTRY_NAMES: set } });
    await post(app, 'sync', recording('create', 1).request as object);
    const { payload } = await app.inject('/metrics');
    t.equal(/production|mcp-system/.test(payload), reported, set);
    const line = 'registry_phase{namespace="mcp-system",name="production",phase="Pending"} 1';
    t.equal((await counted(app)).includes(line), reported, set);
  }
});

test('of very many registries a thousand are named, and the others are counted', async (t) => {
  const { app } = testApp({ environment: { METRICS_REGISTRY_NAMES: 'true', LOG_LEVEL: 'silent' } });
  const request = JSON.parse(JSON.stringify(recording('create', 1).request));
  const sync = async (name: string, spec: unknown) => {
    const parent = { ...request.parent, metadata: { ...request.parent.metadata, name }, spec };
    await post(app, 'sync', { ...request, parent });
  };
  const scrape = async () => {
    const lines = await counted(app);
    const named = lines.filter((line) => line.startsWith('registry_phase{'));
    const others = lines.filter((line) => /^registr(ies|y_phase_omitted)/.test(line));
    return { named, others };
  };
  for (let index = 0; index < 1000; index += 1) await sync(`r${index}`, request.parent.spec);
  const all = await scrape();
  t.equal(all.named.length, 1000);
  t.strictSame(all.others, ['registries{phase="Pending"} 1000']);
  for (let index = 1000; index < 1200; index += 1) await sync(`r${index}`, request.parent.spec);
  await sync('broken', { sources: [] });
  const { named, others } = await scrape();
  t.equal(named.length, 1000);
  t.ok(named.includes('registry_phase{namespace="mcp-system",name="broken",phase="Failed"} 1'));
  t.strictSame(others, [
    'registries{phase="Failed"} 1',
    'registries{phase="Pending"} 1200',
    'registry_phase_omitted 201',
  ]);
});

test('log lines that were dropped are counted', async (t) => {
  const logDestination = { write: () => undefined, dropped: 5 };
  const app = buildApp({ settings: loadSettings({}), logDestination });
  t.teardown(() => app.close());
  t.ok((await counted(app)).includes('log_lines_dropped_total 5'));
  logDestination.dropped = 7;
  t.ok((await counted(app)).includes('log_lines_dropped_total 7'));
});

test('the metrics of the process are reported, each once', async (t) => {
  const { app } = testApp();
  for (let times = 0; times < 2; times += 1) {
    const { payload, headers } = await app.inject('/metrics');
    t.match(String(headers['content-type']), /^text\/plain; version=0\.0\.4/);
    for (const name of ['process_resident_memory_bytes', 'nodejs_eventloop_lag_p99_seconds']) {
      t.equal(payload.match(new RegExp(`^${name} `, 'gm'))?.length, 1, name);
    }
    t.match(payload, /^mcpregistry_hook_build_info\{version="\d+\.\d+\.\d+",node_version="v\d/m);
  }
});

test('with METRICS_PORT the metrics have a port of their own, without TLS and credentials', async (t) => {
  const folder = t.testdir({ tokens: 'secret\n' });
  const { app, log } = testApp({
    environment: { METRICS_PORT: '0', AUTH_BEARER_FILE: join(folder, 'tokens') },
  });
  t.teardown(() => app.close());
  const main = await app.listen({ host: '127.0.0.1', port: 0 });
  const metrics = await app.metricsServer?.listen({ host: '127.0.0.1', port: 0 });
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(path, init);
    return { status: response.status, text: await response.text() };
  };
  await ask(`${main}/sync`, { method: 'POST', body: '{}' });

  const scraped = await ask(`${metrics}/metrics`);
  t.equal(scraped.status, 200);
  t.match(scraped.text, /^mcpregistry_hook_calls_total\{hook="sync",outcome="refused",code="401"\} 1$/m);
  t.match(scraped.text, /^process_resident_memory_bytes /m);
  t.equal((await ask(`${main}/metrics`)).status, 404, 'they are on one port only');
  const cases = [
    { reason: 'no hook', path: '/sync', method: 'POST', status: 404 },
    { reason: 'nothing else', path: '/openapi.json', method: 'GET', status: 404 },
    { reason: 'nothing to write', path: '/metrics', method: 'POST', status: 405 },
  ];
  for (const { reason, path, method, status } of cases) {
    const body = method === 'POST' ? { body: '{}', headers: { 'content-type': 'application/json' } } : {};
    t.equal((await ask(`${metrics}${path}`, { method, ...body })).status, status, reason);
  }
  t.ok(
    log.some(({ path, statusCode }) => path === '/metrics' && statusCode === 405),
    'what is refused there is logged',
  );
  await app.close();
  await t.rejects(ask(`${metrics}/metrics`), 'it ends with the service');
});

test('without METRICS_PORT there is one server', async (t) => {
  const { app } = testApp();
  t.equal(app.metricsServer, undefined);
  t.equal((await app.inject('/metrics')).statusCode, 200);
});

test('when the last call came is known once one came', async (t) => {
  const { app } = testApp();
  const lastCall = async () =>
    /^mcpregistry_hook_last_call_timestamp_seconds (.*)$/m.exec((await app.inject('/metrics')).payload)?.[1];
  t.equal(await lastCall(), undefined);
  await post(app, 'sync', {});
  t.equal(await lastCall(), undefined, 'a call that is refused says nothing of Metacontroller');
  const before = Date.now() / 1000;
  await post(app, 'sync', settled());
  t.ok(Number(await lastCall()) >= before);
  t.ok(Number(await lastCall()) <= Date.now() / 1000);
});

test('a registry is unsettled until it settles or is gone', async (t) => {
  const { app } = testApp();
  const unsettled = async () => (await counted(app)).filter((line) => line.startsWith('unsettled'));
  await post(app, 'sync', recording('create', 1).request as object);
  t.strictSame(await unsettled(), [
    'unsettled_registries{phase="Pending",stalled="false",reason="NotReady"} 1',
  ]);
  // Three times: the third answer is one that was kept.
  for (let times = 0; times < 3; times += 1) await post(app, 'sync', settled());
  t.strictSame(await unsettled(), []);
  await post(app, 'finalize', recording('delete', 1).request as object);
  t.equal((await unsettled()).length, 1);
  await post(app, 'finalize', { ...(recording('delete', 1).request as object), children: {} });
  t.strictSame(await unsettled(), []);
});

test('unsettled registries that this instance is not called for any more are left out, and reasons are few', (t) => {
  let now = 0;
  const registries = new UnsettledRegistries(() => now);
  const waiting = { phase: 'Pending', stalled: false, reason: 'NotReady' } as const;
  registries.note('a', 'soon', waiting, 600);
  registries.note('a', 'late', { ...waiting, phase: 'Failed', stalled: true, reason: 'InvalidSpec' }, 2700);
  registries.note('a', 'again', waiting, 600);
  t.strictSame(registries.count(), [
    { ...waiting, registries: 2 },
    { phase: 'Failed', stalled: true, reason: 'InvalidSpec', registries: 1 },
  ]);
  now = 500;
  registries.note('a', 'again', waiting, 600);
  now = 700;
  t.strictSame(registries.count(), [
    { phase: 'Failed', stalled: true, reason: 'InvalidSpec', registries: 1 },
    { ...waiting, registries: 1 },
  ]);

  const many = new UnsettledRegistries(() => 0);
  many.note('a'.repeat(254), 'a', waiting, 600);
  many.note('a', 'a'.repeat(254), waiting, 600);
  t.strictSame(many.count(), [], 'a name that no object has takes no memory');
  const word = (index: number) =>
    `Reason${String.fromCharCode(65 + (index % 26), 65 + Math.floor(index / 26))}`;
  for (let index = 0; index < 60; index += 1)
    many.note('a', `r${index}`, { ...waiting, reason: word(index) }, 600);
  many.note('a', 'frequent', { ...waiting, reason: word(59) }, 600);
  many.note('a', 'odd', { ...waiting, reason: 'No word: {"a"}' }, 600);
  const counts = many.count();
  t.equal(counts.length, 50);
  t.strictSame(
    counts.filter(({ registries: count, reason }) => count > 1 || reason === 'Other'),
    [
      { ...waiting, reason: 'Other', registries: 12 },
      { ...waiting, reason: word(59), registries: 2 },
    ],
    'the rarest ones, and what is no word, are told together',
  );
  t.end();
});

test('those that are not settled for long are told by the times in the registry', async (t) => {
  const begin = Date.parse('2026-03-01T12:00:00Z');
  let now = begin;
  const { app } = testApp({ now: () => new Date(now) });
  const long = async () =>
    (await app.inject('/metrics')).payload
      .split('\n')
      .filter((line) => line.startsWith('mcpregistry_hook_long_unsettled_registries{'))
      .map((line) => line.slice('mcpregistry_hook_long_unsettled_registries'.length));
  const minutes = (count: number) => new Date(begin - count * 60_000).toISOString();
  const withConditions = (
    name: string,
    spec: object | undefined,
    times: Readonly<Record<string, string>>,
  ) => {
    const request = JSON.parse(JSON.stringify(recording('create', 1).request));
    Object.assign(request.parent.metadata, { name });
    request.parent.spec = spec ?? request.parent.spec;
    request.parent.status = {
      conditions: Object.entries(times).map(([type, lastTransitionTime]) => ({
        ...{ type, status: type === 'Ready' ? 'False' : 'True', lastTransitionTime },
      })),
    };
    return request;
  };
  await post(app, 'sync', recording('create', 1).request as object);
  t.strictSame(await long(), [], 'it was created just now');
  await post(app, 'sync', withConditions('young', undefined, { Ready: minutes(14) }));
  t.strictSame(await long(), [], 'less than 15 minutes');
  await post(app, 'sync', withConditions('old', undefined, { Ready: minutes(40) }));
  const invalid = withConditions('invalid', { sources: [] }, { Ready: minutes(400), Stalled: minutes(16) });
  await post(app, 'sync', invalid);
  const deleted = JSON.parse(JSON.stringify(recording('delete', 1).request));
  deleted.parent.metadata.deletionTimestamp = minutes(121);
  await post(app, 'finalize', deleted);
  const [pending, failed, terminating] = [
    'phase="Pending",stalled="false",reason="NotReady"',
    'phase="Failed",stalled="true",reason="InvalidSpec"',
    'phase="Terminating",stalled="false",reason="Terminating"',
  ];
  t.strictSame(await long(), [
    `{minutes="15",${pending}} 1`,
    `{minutes="15",${failed}} 1`,
    `{minutes="15",${terminating}} 1`,
    `{minutes="30",${pending}} 1`,
    `{minutes="30",${terminating}} 1`,
    `{minutes="120",${terminating}} 1`,
  ]);
  now = begin + 60_000;
  t.ok((await long()).includes(`{minutes="15",${pending}} 2`), 'time goes on without a call');
});

test('a registry without a time that can be believed counts from when it was first seen', (t) => {
  let now = 0;
  const begin = Date.parse('2026-03-01T12:00:00Z');
  const registries = new UnsettledRegistries(
    () => now,
    () => begin + now,
  );
  const waiting = { phase: 'Pending', stalled: false, reason: 'NotReady' } as const;
  const note = () => {
    registries.note('a', 'unknown', { ...waiting, since: undefined }, 600_000);
    registries.note('a', 'future', { ...waiting, reason: 'Future', since: begin + 9e9 }, 600_000);
  };
  for (now = 0; now < 900_000; now += 300_000) {
    t.strictSame(registries.count(15), [], `after ${now / 60_000} minutes`);
    note();
  }
  const both = [
    { ...waiting, registries: 1 },
    { ...waiting, reason: 'Future', registries: 1 },
  ];
  t.strictSame(registries.count(15), both);
  t.strictSame(registries.count(16), []);
  now += 700_000;
  note();
  t.strictSame(registries.count(15), [], 'this instance was not called for them meanwhile');
  registries.note('a', 'future', undefined, 600_000);
  note();
  t.equal(registries.count().length, 2);
  t.end();
});

test('of very many unsettled registries those that were seen last are counted', (t) => {
  const registries = new UnsettledRegistries(() => 0);
  for (let index = 0; index < 50_010; index += 1) {
    registries.note('a', `r${index}`, { phase: 'Pending', stalled: false, reason: 'NotReady' }, 600);
  }
  t.strictSame(registries.count(), [
    { phase: 'Pending', stalled: false, reason: 'NotReady', registries: 50_000 },
  ]);
  t.end();
});
