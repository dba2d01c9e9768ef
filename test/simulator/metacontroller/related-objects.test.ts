import { test } from 'tap';
import { Cluster } from '../cluster.ts';
import { freeze, type JsonObject, type KubeObject, objectAt } from '../json.ts';

const hookOf = (version: string) => ({ version, webhook: { url: 'http://hook' } });

/** A world with widgets `n/w` and `m/w`, a few ConfigMaps, and a hook that wants these rules. */
function world(
  answer: () => { status: number; body: JsonObject },
  options: { version?: string; staleMilliseconds?: number } = {},
): Cluster {
  const { version = 'v1', staleMilliseconds = 0 } = options;
  const cluster = new Cluster({
    controller: freeze({
      apiVersion: 'metacontroller.k8s.io/v1alpha1',
      kind: 'CompositeController',
      metadata: { name: 'widgets' },
      spec: {
        generateSelector: true,
        parentResource: {
          apiVersion: 'example.com/v1',
          resource: 'widgets',
          ignoreStatusChanges: true,
        },
        childResources: [],
        hooks: { sync: hookOf(version), customize: hookOf(version) },
      },
    }),
    custom: [{ kind: 'Widget', apiVersion: 'example.com/v1', plural: 'widgets', custom: true }],
    staleMilliseconds,
    call: async (hook) =>
      hook === 'customize' ? answer() : { status: 200, body: { status: {}, children: [] } },
  });
  for (const [namespace, name, labels] of [
    ['n', 'a', { app: 'x' }],
    ['n', 'b', {}],
    ['m', 'a', { app: 'x' }],
    ['o', 'a', { app: 'x' }],
  ] as const)
    cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name, labels } });
  cluster.apply(widget('n'));
  return cluster;
}

const widget = (namespace: string): KubeObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { namespace, name: 'w' },
  spec: {},
});

const answering = (relatedResources: JsonObject[]) => () => ({ status: 200, body: { relatedResources } });

const count = ({ calls }: Cluster, hook: string): number => calls.filter((call) => call.hook === hook).length;

const shownTo = (cluster: Cluster): JsonObject =>
  Object.fromEntries(
    Object.entries(objectAt(cluster.lastCall?.request, 'related')).map(([group, objects]) => [
      group,
      Object.keys(objects as JsonObject),
    ]),
  );

const maps = { apiVersion: 'v1', resource: 'configmaps' };
const labelSelector = { matchLabels: { app: 'x' } };

interface Case {
  readonly reason: string;
  readonly rules: JsonObject[];
  readonly v1: JsonObject | string;
  readonly v2: JsonObject | string;
}

const cases: readonly Case[] = [
  { reason: 'no rules, no groups', rules: [], v1: {}, v2: {} },
  {
    reason: 'a group is there when it is empty',
    rules: [{ apiVersion: 'v1', resource: 'pods', labelSelector }],
    v1: { 'Pod.v1': [] },
    v2: { 'Pod.v1': [] },
  },
  {
    reason: 'names without a namespace are those of all namespaces; v1 hooks are shown their own',
    rules: [{ ...maps, names: ['a', 'none'] }],
    v1: { 'ConfigMap.v1': ['a'] },
    v2: { 'ConfigMap.v1': ['n/a', 'm/a', 'o/a'] },
  },
  {
    reason: 'labels without a namespace as well',
    rules: [{ ...maps, labelSelector }],
    v1: { 'ConfigMap.v1': ['a'] },
    v2: { 'ConfigMap.v1': ['n/a', 'm/a', 'o/a'] },
  },
  {
    reason: 'names of the own namespace',
    rules: [{ ...maps, namespace: 'n', names: ['a'] }],
    v1: { 'ConfigMap.v1': ['a'] },
    v2: { 'ConfigMap.v1': ['n/a'] },
  },
  {
    reason: 'a namespace alone means all in it',
    rules: [{ ...maps, namespace: 'n' }],
    v1: { 'ConfigMap.v1': ['a', 'b'] },
    v2: { 'ConfigMap.v1': ['n/a', 'n/b'] },
  },
  {
    reason: 'nothing but the kind means all of it',
    rules: [maps],
    v1: { 'ConfigMap.v1': ['a', 'b'] },
    v2: { 'ConfigMap.v1': ['n/a', 'n/b', 'm/a', 'o/a'] },
  },
  {
    reason: 'another namespace is refused for v1 hooks of a parent in a namespace',
    rules: [{ ...maps, namespace: 'm', labelSelector }],
    v1: 'Sync error: requested related object namespace m differs from parent object namespace n',
    v2: { 'ConfigMap.v1': ['m/a'] },
  },
  {
    reason: 'names and labels together are refused',
    rules: [{ ...maps, names: ['a'], labelSelector }],
    v1: 'Sync error: related rule cannot have both names and labelSelector/namespaceSelector specified',
    v2: 'Sync error: related rule cannot have both names and labelSelector/namespaceSelector specified',
  },
  {
    reason: 'rules of one kind share a group, which shows an object once',
    rules: [
      { ...maps, namespace: 'n', names: ['b'] },
      { ...maps, namespace: 'n', names: ['a', 'b'] },
    ],
    v1: { 'ConfigMap.v1': ['b', 'a'] },
    v2: { 'ConfigMap.v1': ['n/b', 'n/a'] },
  },
  {
    reason: 'parents can be related to each other',
    rules: [{ apiVersion: 'example.com/v1', resource: 'widgets', namespace: 'n' }],
    v1: { 'Widget.example.com/v1': ['w'] },
    v2: { 'Widget.example.com/v1': ['n/w'] },
  },
];

for (const { reason, rules, ...wanted } of cases) {
  test(reason, async (t) => {
    for (const version of ['v1', 'v2'] as const) {
      const cluster = world(answering(freeze(rules)), { version });
      await cluster.run(200);
      const found = wanted[version];
      if (typeof found === 'string') {
        t.equal(cluster.errors[0]?.message, found, version);
        t.ok(cluster.errors.length > 3, 'and it is tried again');
        t.equal(cluster.lastCall, undefined, 'without a call of sync');
      } else {
        t.strictSame(shownTo(cluster), found, version);
        t.strictSame(cluster.errors, [], 'a cache that is not ready yet is no error');
      }
      t.equal(count(cluster, 'customize'), 1, 'the answer is kept');
    }
  });
}

test('customize is asked once for a generation, and again after twenty minutes', async (t) => {
  const cluster = world(answering([{ ...maps, names: ['a'] }]));
  await cluster.run(1000);
  t.equal(count(cluster, 'customize'), 1);
  t.strictSame(Object.keys(cluster.calls[0]?.request ?? {}), ['controller', 'parent'], 'no children');
  const syncs = count(cluster, 'sync');
  t.equal(syncs, 2, 'the retry, and the first list of the cache');
  const label = (object: KubeObject) => {
    object.metadata['labels'] = { by: 'hand' };
  };
  cluster.edit('Widget', 'n', 'w', label);
  await cluster.run(1000);
  t.equal(count(cluster, 'customize'), 1, 'labels move no generation');
  t.equal(count(cluster, 'sync'), syncs + 1);
  cluster.edit('Widget', 'n', 'w', (object) => {
    object['spec'] = { size: 1 };
  });
  await cluster.run(1000);
  t.equal(count(cluster, 'customize'), 2);
  await cluster.run(21 * 60_000);
  t.equal(count(cluster, 'customize'), 2, 'time alone asks for nothing');
  cluster.edit('ConfigMap', 'n', 'b', label);
  await cluster.run(1000);
  t.equal(count(cluster, 'customize'), 3, 'an event of a related kind asks for those that are not known');
  t.equal(count(cluster, 'sync'), syncs + 2, 'and calls only where it matters');
  cluster.start({});
  await cluster.run(1000);
  t.equal(count(cluster, 'customize'), 4, 'a restart forgets');
});

test('each event of a related object calls for the parents whose rules match, before or after it', async (t) => {
  const cluster = world(answering([{ ...maps, labelSelector }]), { version: 'v2' });
  cluster.apply(widget('m'));
  await cluster.run(1000);
  const calls = async (act: () => void): Promise<string[]> => {
    const before = cluster.calls.length;
    act();
    await cluster.run(1000);
    return cluster.calls.slice(before).map(({ hook, key }) => `${hook} ${key}`);
  };
  const label = (app: string) => () =>
    cluster.edit('ConfigMap', 'n', 'b', (object) => {
      object.metadata['labels'] = { app };
    });
  const both = ['sync n/w', 'sync m/w'];
  t.strictSame(await calls(label('y')), [], 'no rule matches it');
  t.strictSame(await calls(label('x')), both, 'it matches now');
  t.strictSame(await calls(label('y')), both, 'it matched before');
  t.strictSame(await calls(() => cluster.delete('ConfigMap', 'n', 'a')), both, 'it is gone');
  const metadata = { namespace: 'q', name: 'new', labels: { app: 'x' } };
  t.strictSame(
    await calls(() => cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata })),
    both,
    'it is new',
  );
});

test('the status of a parent that is related calls for the others, and for itself', async (t) => {
  const cluster = world(answering([{ apiVersion: 'example.com/v1', resource: 'widgets', namespace: 'n' }]));
  cluster.apply({ ...widget('n'), metadata: { namespace: 'n', name: 'other' } });
  await cluster.run(1000);
  const before = cluster.calls.length;
  const stored = cluster.api.get('Widget', 'n', 'w');
  cluster.api.updateStatus({ ...(stored as KubeObject), status: { seen: true } }, 'somebody');
  await cluster.run(1000);
  t.strictSame(
    cluster.calls
      .slice(before)
      .map(({ key }) => key)
      .slice(0, 2)
      .sort(),
    ['n/other', 'n/w'],
    'ignoreStatusChanges is about parents, not about what is related',
  );
});

test('without an answer of customize there is no sync, an event, and a back-off', async (t) => {
  let status = 500;
  const cluster = world(() => ({ status, body: { relatedResources: [] } }));
  await cluster.run(60_000);
  t.equal(count(cluster, 'sync'), 0);
  t.match(cluster.errors[0], { key: 'n/w', message: 'Sync error: unsupported status code: 500' });
  t.equal(count(cluster, 'customize'), cluster.errors.length, 'an answer that failed is not kept');
  t.ok(cluster.errors.length < 20, `${cluster.errors.length} tries in a minute`);
  status = 200;
  await cluster.run(60_000);
  t.equal(count(cluster, 'sync'), 1);
});

test('a late cache shows pods as they were, and tells of them late', async (t) => {
  const cluster = world(answering([{ apiVersion: 'v1', resource: 'pods' }, maps]), {
    staleMilliseconds: 5000,
  });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'n', name: 'p' }, spec: {} };
  await cluster.run(1000);
  const syncs = count(cluster, 'sync');
  cluster.api.record(pod, 'kubelet');
  await cluster.run(4900);
  t.equal(count(cluster, 'sync'), syncs);
  t.strictSame(shownTo(cluster)['Pod.v1'], []);
  await cluster.run(200);
  t.equal(count(cluster, 'sync'), syncs + 1);
  t.strictSame(shownTo(cluster)['Pod.v1'], ['p']);
  cluster.api.forget('Pod', 'n', 'p', 'kubelet');
  cluster.edit('Widget', 'n', 'w', (object) => {
    object['spec'] = { size: 1 };
  });
  await cluster.run(1000);
  t.strictSame(shownTo(cluster)['Pod.v1'], ['p'], 'it is gone, and still shown');
  await cluster.run(5000);
  t.strictSame(shownTo(cluster)['Pod.v1'], []);
  t.strictSame(
    cluster.writes.filter(({ kind }) => kind === 'Pod'),
    [],
    'what a kubelet writes is in no log',
  );
});
