import { after, test } from 'tap';
import type { Cluster } from '../simulator/cluster.ts';
import {
  at,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  type StoredObject,
  stringAt,
} from '../simulator/json.ts';
import { EXTRA_MAP, NAME } from './actions.ts';
import { Life } from './history.ts';
import { isCurrent } from './invariants.ts';
import { type TroubleName, troubleOf } from './troubles.ts';
import { NAMESPACE, Production, type Settings } from './world.ts';

/** What keeps pods from running well is told once, in words that stay, and nothing is told when it is over. */

const plain: JsonObject = {
  configYAML:
    'sources: [{name: a, managed: {}}]\nregistries: [{name: v, sources: [a]}]\ndatabase: {host: db}\n',
};
const mounting: JsonObject = {
  ...plain,
  podTemplateSpec: {
    spec: {
      volumes: [{ name: 'm', configMap: { name: EXTRA_MAP, items: [{ key: 'key', path: 'key' }] } }],
    },
  },
};
const withInit: JsonObject = { ...plain, pgpassSecretRef: { name: 'p', key: '.pgpass' } };

const settings: Settings = {
  strategy: 'dynamic-apply',
  hooks: 'v1',
  version: 'v1alpha1',
  callMilliseconds: 3,
  related: 'given',
};

const production = new Production();
after(() => production.close());

const begin = (changes: Partial<Settings> = {}): Life => new Life(production, { ...settings, ...changes });

const registryOf = ({ api }: Cluster) => api.get('MCPRegistry', NAMESPACE, NAME) as StoredObject;

const conditionOf = (cluster: Cluster, type: string): JsonObject =>
  objectAt(listAt(registryOf(cluster), 'status', 'conditions').find((each) => at(each, 'type') === type));

const statusWrites = ({ writes }: Cluster): number =>
  writes.filter(
    ({ kind, verb, outcome }) => kind === 'MCPRegistry' && verb === 'updateStatus' && outcome === 'written',
  ).length;

interface Case {
  readonly trouble: TroubleName;
  readonly spec?: JsonObject;
  /** The reason of PodsFailing, from a minute and a half on. */
  readonly reason: string;
  /** Words that its message has. */
  readonly says: RegExp;
  /** At most so many writes of the status in a quarter of an hour. */
  readonly writes: number;
}

const cases: readonly Case[] = [
  { trouble: 'unschedulable', reason: 'Unschedulable', says: /Insufficient memory/, writes: 4 },
  { trouble: 'claim', reason: 'Unschedulable', says: /persistentvolumeclaim "data" not found/, writes: 4 },
  { trouble: 'image', reason: 'ImagePullBackOff', says: /thv-registry-api/, writes: 4 },
  { trouble: 'unauthorized', reason: 'ImagePullBackOff', says: /401 Unauthorized/, writes: 4 },
  { trouble: 'config', reason: 'CreateContainerConfigError', says: /secret "x" not found/, writes: 4 },
  { trouble: 'mounts', spec: mounting, reason: 'ConfigMapNotFound', says: /extra/, writes: 4 },
  {
    trouble: 'mounts',
    spec: { ...mounting, ...withInit },
    reason: 'ConfigMapNotFound',
    says: /extra/,
    writes: 4,
  },
  { trouble: 'json', reason: 'CrashLoopBackOff', says: /exit code 1.*connection refused/, writes: 6 },
  { trouble: 'pairs', reason: 'CrashLoopBackOff', says: /exit code 1.*is wrong/, writes: 6 },
  { trouble: 'plain', reason: 'CrashLoopBackOff', says: /exit code 1.*no route from port/, writes: 6 },
  { trouble: 'silent', reason: 'CrashLoopBackOff', says: /exit code 1/, writes: 6 },
  { trouble: 'init', spec: withInit, reason: 'InitContainerFailed', says: /setup-pgpass/, writes: 6 },
  { trouble: 'memory', reason: 'OOMKilled', says: /512Mi/, writes: 6 },
  { trouble: 'probe', reason: 'ReadinessProbeFailed', says: /runs, but its readiness probe/, writes: 6 },
];

for (const [index, { trouble, spec = plain, reason, says, writes }] of cases.entries()) {
  test(`${trouble}${spec['pgpassSecretRef'] ? ' with an init container' : ''}: told within a minute and a half, seldom, and over when it is over`, async (t) => {
    const life = begin({
      strategy: index % 2 === 0 ? 'dynamic-apply' : 'server-side-apply',
      hooks: index % 3 === 0 ? 'v2' : 'v1',
    });
    const { cluster } = life;
    cluster.changeNodes({ trouble: troubleOf(trouble) });
    await life.step({ do: 'apply', spec });
    await life.step({ do: 'wait', seconds: 90 });
    t.match(conditionOf(cluster, 'PodsFailing'), { reason, message: says });
    t.match(stringAt(registryOf(cluster), 'status', 'message'), says, 'the short message says it as well');
    for (const minutes of [6, 9]) await life.step({ do: 'wait', seconds: minutes * 60 });
    t.match(conditionOf(cluster, 'PodsFailing'), { reason, message: says });
    t.match(conditionOf(cluster, 'Stalled'), { status: 'True', reason });
    t.ok(
      statusWrites(cluster) <= writes,
      `${statusWrites(cluster)} writes of the status in a quarter of an hour`,
    );

    if (trouble === 'mounts') await life.step({ do: 'extraMap', data: {} });
    if (trouble === 'mounts') {
      t.equal(conditionOf(cluster, 'PodsFailing')['reason'], 'ConfigMapKeyNotFound', 'noticed at once');
      await life.step({ do: 'extraMap', data: { key: 'x' } });
    } else cluster.changeNodes({ trouble: () => undefined });
    await life.step({ do: 'wait', seconds: 330 });
    t.ok(isCurrent(registryOf(cluster)), 'then it becomes Ready');
    t.strictSame(conditionOf(cluster, 'PodsFailing'), {});
  });
}

test('old pods that serve keep it Running, whatever happens to the new ones', async (t) => {
  for (const { trouble, reason, says } of cases.filter((each) =>
    ['unschedulable', 'image', 'json', 'probe'].includes(each.trouble),
  )) {
    const life = begin();
    const { cluster } = life;
    await life.step({ do: 'apply', spec: plain });
    await life.step({ do: 'wait', seconds: 30 });
    cluster.changeNodes({ trouble: troubleOf(trouble) });
    const image = 'registry.example/thv-registry-api:other';
    const podTemplateSpec = { spec: { containers: [{ name: 'registry-api', image }] } };
    await life.step({ do: 'apply', spec: { ...plain, podTemplateSpec } });
    for (const minutes of [0.2, 1.5, 9]) {
      await life.step({ do: 'wait', seconds: minutes * 60 });
      const phase = stringAt(registryOf(cluster), 'status', 'phase');
      t.equal(phase, 'Running', `${trouble} for ${minutes} minutes`);
    }
    t.match(conditionOf(cluster, 'PodsFailing'), { reason, message: says });
    t.match(stringAt(registryOf(cluster), 'status', 'message'), says);
  }
});

test('an evicted pod is told of as long as no other has taken its place', async (t) => {
  const life = begin();
  const { cluster } = life;
  await life.step({ do: 'apply', spec: plain });
  await life.step({ do: 'wait', seconds: 10 });
  cluster.changeNodes({ trouble: troubleOf('evict') });
  await life.step({ do: 'deleteChild', kind: 'Deployment' });
  await life.step({ do: 'wait', seconds: 20 });
  // It runs on for two minutes, and is evicted; the next one runs.
  cluster.changeNodes({ trouble: () => undefined });
  await life.step({ do: 'wait', seconds: 150 });
  const failed = cluster.api.list('Pod').filter((pod) => stringAt(pod, 'status', 'phase') === 'Failed');
  t.equal(failed.length, 1, 'it stays');
  t.ok(isCurrent(registryOf(cluster)));
  t.strictSame(conditionOf(cluster, 'PodsFailing'), {}, 'and is history');
  await life.expectQuiet();
});

/** Runs until a container has been restarted so often. */
async function untilCrashes(cluster: Cluster, crashes: number): Promise<void> {
  const restarts = () =>
    Math.max(
      0,
      ...cluster.api
        .list('Pod')
        .flatMap((pod) => [
          ...listAt(pod, 'status', 'containerStatuses'),
          ...listAt(pod, 'status', 'initContainerStatuses'),
        ])
        .map((container) => numberAt(container, 'restartCount') ?? 0),
    );
  while (restarts() < crashes) await cluster.run(30_000);
}

for (const trouble of ['json', 'init'] as const) {
  test(`${trouble}: a hundred crashes cost no more writes of the status than ten`, async (t) => {
    const life = begin({
      strategy: trouble === 'json' ? 'server-side-apply' : 'dynamic-apply',
      staleMilliseconds: trouble === 'init' ? 20_000 : 0,
    });
    const { cluster } = life;
    const begun = cluster.clock.now();
    cluster.changeNodes({ trouble: troubleOf(trouble) });
    await life.step({ do: 'apply', spec: trouble === 'init' ? withInit : plain });
    await untilCrashes(cluster, 10);
    const ten = statusWrites(cluster);
    await untilCrashes(cluster, 100);
    t.equal(statusWrites(cluster), ten);
    t.ok(ten <= 6, `${ten} writes`);
    // Each crash is three events, it runs, it has ended, it waits, and once a minute the hook asks to be called.
    const minutes = (cluster.clock.now() - begun) / 60_000;
    const calls = cluster.calls.filter(({ hook }) => hook === 'sync').length;
    t.ok(calls < 3 * 102 + minutes + 20, `${calls} calls in ${Math.round(minutes)} minutes`);
    await life.step({ do: 'wait', seconds: 1 });
  });
}
