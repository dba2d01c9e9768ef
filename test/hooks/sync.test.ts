import { test } from 'tap';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { sync } from '../../hooks/sync.ts';
import { folders, recordings } from '../fixtures/recordings.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { matchesGolden } from '../support/golden.ts';
import { changed, context, edited, recorded, shuffled, withOurChildren } from '../support/requests.ts';

type ParentStatus = NonNullable<HookRequest['parent']['status']>;

/** A status as it comes with the next request. */
function handedBack(status: unknown): ParentStatus {
  return JSON.parse(JSON.stringify(status));
}

const ready = withOurChildren(recorded('create', 5));
const running = changed(ready, ({ parent }) => {
  parent.status = handedBack(sync(ready, context).status);
});
const rolling = edited(running, {
  ...(running.parent.spec as object),
  authConfig: { publicPaths: ['/metrics'] },
});
const wrong = (request: HookRequest) => edited(request, { configYAML: 'sources: []', sources: [] });

const situations = [
  {
    name: 'first-sync',
    request: recorded('create', 1),
    reason: 'nothing is there, so six children are desired',
  },
  {
    name: 'starting',
    request: withOurChildren(recorded('create', 3)),
    reason: 'the pod is not ready, as said before',
  },
  { name: 'ready', request: ready, reason: 'all six are there and the pod of the spec is ready' },
  {
    name: 'rolling-out',
    request: rolling,
    reason: 'old pods serve: Ready keeps the generation it was true of',
  },
  {
    name: 'v1beta1-ready',
    request: changed(ready, ({ parent }) => {
      parent.apiVersion = 'toolhive.stacklok.dev/v1beta1';
    }),
    reason: 'v1beta1 calls a registry that serves Ready',
  },
  {
    name: 'hook-v2-ready',
    request: withOurChildren(recorded('hook-v2', 3)),
    reason: 'children are keyed namespace/name',
  },
  { name: 'raw', request: recorded('invalid-spec', 1), reason: 'configYAML is passed on byte for byte' },
  {
    name: 'warned',
    request: withOurChildren(
      changed(
        edited(ready, {
          sources: [{ name: 'files', format: 'toolhive', url: { endpoint: 'https://example.com/a.json' } }],
          registries: [{ name: 'default', sources: ['files'] }],
          databaseConfig: { sslMode: 'verify-full' },
        }),
        (copy) => {
          copy.related = {
            'MCPRegistry.toolhive.stacklok.dev/v1beta1': {
              other: {
                apiVersion: 'toolhive.stacklok.dev/v1beta1',
                kind: 'MCPRegistry',
                metadata: { name: 'other', namespace: 'mcp-system' },
                spec: { registries: [{ name: 'default', sources: ['own'] }] },
              },
            },
          };
        },
      ),
    ),
    reason: 'a registry that serves is Ready, whatever the warnings are',
  },
  {
    name: 'quota-blocked',
    request: withOurChildren(recorded('quota-blocked', 4)),
    reason: 'no pod can be made at all',
  },
  {
    name: 'unschedulable',
    request: withOurChildren(recorded('unschedulable', 4)),
    reason: 'the deadline has passed',
  },
  {
    name: 'invalid-dynamic-apply',
    request: wrong(recorded('invalid-spec', 1)),
    reason: 'what runs is answered as the annotation says',
  },
  {
    name: 'invalid-server-side-apply',
    request: wrong(recorded('ssa-invalid-spec', 1)),
    reason: 'what runs is answered as managedFields say',
  },
  {
    name: 'invalid-at-first',
    request: wrong(recorded('create', 1)),
    reason: 'nothing runs, so nothing is desired',
  },
  {
    name: 'invalid-never-applied',
    request: wrong(recorded('takeover-from-operator', 1)),
    reason: 'children that were never applied are answered by their identity alone',
  },
];

for (const { name, request, reason } of situations) {
  test(`${name}: ${reason}`, async (t) => {
    matchesGolden(t, `sync/${name}.json`, sync(request, context));
  });
}

test('equal requests get equal bytes, whatever the order of their keys', async (t) => {
  for (const { name, request } of situations) {
    const answer = JSON.stringify(sync(request, context));
    t.equal(JSON.stringify(sync(request, context)), answer, `${name}, asked again`);
    t.equal(JSON.stringify(sync(deepFreeze(shuffled(request)), context)), answer, `${name}, shuffled`);
  }
});

test('a status that is handed back stops changing', async (t) => {
  let status: ParentStatus | undefined;
  const phases: string[] = [];
  for (const { request } of recordings('create')) {
    const next = changed(withOurChildren(request as HookRequest), ({ parent }) => {
      if (status) parent.status = status;
    });
    const answer = sync(next, { ...context, now: new Date(context.now.getTime() + phases.length * 20_000) });
    if (JSON.stringify(answer.status) !== JSON.stringify(status)) phases.push(answer.status.phase);
    status = handedBack(answer.status);
  }
  t.strictSame(phases, ['Pending', 'Running'], 'the first life of a registry takes two writes of its status');
});

test('nothing that is observed is lost, whatever was recorded', async (t) => {
  for (const folder of folders) {
    for (const { hook, request, step } of recordings(folder)) {
      if (hook !== 'sync') continue;
      const frozen = sync(wrong(request as HookRequest), context);
      const groups = Object.values((request as HookRequest).children as Record<string, object>);
      const observed = groups.reduce((count, group) => count + Object.keys(group).length, 0);
      t.equal(frozen.children.length, observed, `${folder}/${step}, frozen`);
      // There a Service is recreated: its drift can't be repaired otherwise.
      const replaced = folder === 'ssa-service-replaced' && step === 1 ? 1 : 0;
      t.equal(
        sync(request as HookRequest, context).children.length,
        6 - replaced,
        `${folder}/${step}, valid`,
      );
    }
  }
});

test('a parent on its way out that is still synced keeps what it has', async (t) => {
  const deleted = changed(running, ({ parent }) => {
    parent.metadata.deletionTimestamp = '2026-11-24T06:00:00Z';
  });
  const { status, children } = sync(deleted, context);
  t.equal(status.phase, 'Terminating');
  t.equal(children.length, 6);
});

test('the answer of a frozen registry is what Metacontroller was last answered', async (t) => {
  const cases = [
    { folder: 'invalid-spec', step: 1, reason: 'dynamic apply' },
    { folder: 'ssa-invalid-spec', step: 1, reason: 'server-side apply' },
    { folder: 'strategy-switch', step: 7, reason: 'both, after a switch' },
  ];
  for (const { folder, step, reason } of cases) {
    const { answer, request } = recordings(folder)[step - 1] ?? {};
    const frozen = sync(wrong(request as HookRequest), context).children;
    const before = (answer as { children: { kind: string; metadata: { labels?: Record<string, string> } }[] })
      .children;
    const sorted = [...before].sort((a, b) => (a.kind < b.kind ? -1 : 1));
    for (const child of sorted) {
      const ours = frozen.find(({ kind }) => kind === child.kind);
      t.has(ours, child, `${folder}/${step} ${child.kind}: ${reason}`);
    }
  }
});
