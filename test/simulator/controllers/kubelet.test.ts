import { test } from 'tap';
import { Cluster } from '../cluster.ts';
import { at, clone, type JsonObject, listAt, objectAt, type StoredObject, stringAt } from '../json.ts';
import { outOfMemory, type Trouble } from './troubles.ts';

const image = 'registry.example/api:1';

/** A Deployment `n/d` with one pod, whose second container never has a trouble. */
function world(trouble?: Trouble, spec: JsonObject = {}): Cluster {
  const cluster = new Cluster({
    controller: {
      metadata: { name: 'widgets' },
      spec: { parentResource: { apiVersion: 'example.com/v1', resource: 'widgets' }, childResources: [] },
    },
    custom: [{ kind: 'Widget', apiVersion: 'example.com/v1', plural: 'widgets', custom: true }],
    call: async () => ({ status: 200, body: {} }),
  });
  if (trouble) cluster.changeNodes({ trouble: () => trouble });
  const labels = { app: 'd' };
  cluster.create({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace: 'n', name: 'd' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: { note: 'x' } },
        spec: {
          containers: [
            { name: 'api', image },
            { name: 'side', image: 'side:1' },
          ],
          ...spec,
        },
      },
    },
  });
  return cluster;
}

const pods = ({ api }: Cluster): StoredObject[] => api.list('Pod');

const pod = (cluster: Cluster): StoredObject => pods(cluster).at(-1) as StoredObject;

const conditions = (found: StoredObject): string[] =>
  listAt(found, 'status', 'conditions').map((each) =>
    ['type', 'status', 'reason', 'message']
      .map((field) => at(each, field))
      .filter((part) => part !== undefined)
      .join(' '),
  );

const container = (found: StoredObject, list = 'containerStatuses'): JsonObject =>
  objectAt(found, 'status', list, 0);

/** What a container does, without its times and ids. */
function doing(found: StoredObject, list?: string): JsonObject {
  const { state, lastState, ready, restartCount, started } = clone(container(found, list));
  for (const each of [state, lastState]) {
    for (const field of ['startedAt', 'finishedAt', 'containerID']) {
      for (const part of Object.values(objectAt(each as JsonObject))) delete objectAt(part)[field];
    }
  }
  return { state, lastState, ready, restartCount, started };
}

const available = ({ api }: Cluster): unknown =>
  objectAt(api.get('Deployment', 'n', 'd'), 'status')['availableReplicas'];

/** Every status that was written of the pod, until time is over. */
async function lived(cluster: Cluster, milliseconds: number): Promise<StoredObject[]> {
  const seen: StoredObject[] = [];
  cluster.api.watch(({ type, object }) => {
    if (object.kind === 'Pod' && type !== 'deleted') seen.push(object);
  });
  await cluster.run(milliseconds);
  return seen;
}

test('a pod that runs well: made, bound, taken, started, ready', async (t) => {
  const cluster = world();
  const seen = await lived(cluster, 3000);
  const unready = 'ContainersNotReady containers with unready status: [api side]';
  const waits = [`Ready False ${unready}`, `ContainersReady False ${unready}`, 'PodScheduled True'];
  t.strictSame(seen.map(conditions), [
    [],
    ['PodScheduled True'],
    ['PodReadyToStartContainers False', 'Initialized True', ...waits],
    ['PodReadyToStartContainers True', 'Initialized True', ...waits],
    [
      'PodReadyToStartContainers True',
      'Initialized True',
      'Ready True',
      'ContainersReady True',
      'PodScheduled True',
    ],
  ]);
  t.strictSame(
    seen.map((each) => stringAt(each, 'status', 'phase')),
    ['Pending', 'Pending', 'Pending', 'Running', 'Running'],
  );
  const idle = { lastState: {}, ready: false, restartCount: 0, started: false };
  const running = { ...idle, state: { running: {} }, started: true };
  t.strictSame(
    seen.slice(2).map((each) => doing(each)),
    [{ ...idle, state: { waiting: { reason: 'ContainerCreating' } } }, running, { ...running, ready: true }],
  );
  const { metadata, spec } = pod(cluster);
  const [owner] = listAt({ metadata }, 'metadata', 'ownerReferences') as JsonObject[];
  t.match(
    metadata,
    {
      labels: { app: 'd', 'pod-template-hash': String(owner?.['name']).slice(2) },
      annotations: { note: 'x' },
      generateName: `${owner?.['name']}-`,
      generation: 1,
    },
    'metadata is the template’s, and its ReplicaSet’s',
  );
  t.match(owner, { apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true });
  t.match(spec, { containers: [{ name: 'api', image }, { name: 'side' }], nodeName: 'node-0' });
  t.equal(available(cluster), 1);

  cluster.edit('Deployment', 'n', 'd', (deployment) => {
    objectAt(deployment, 'spec')['replicas'] = 0;
  });
  await cluster.run(500);
  t.match(pod(cluster).metadata, {
    deletionTimestamp: '2026-11-24T00:00:33Z',
    deletionGracePeriodSeconds: 30,
    generation: 2,
  });
  t.ok(conditions(pod(cluster)).includes('Ready True'), 'it is ready until its containers end');
  await cluster.run(1000);
  t.strictSame(pods(cluster), []);
  t.strictSame(
    cluster.writes.filter(({ kind }) => kind === 'Pod'),
    [],
    'no request of the log',
  );
});

const quiet = { lastState: {}, ready: false, restartCount: 0, started: false };

interface Case {
  readonly reason: string;
  readonly trouble: Trouble;
  readonly spec?: JsonObject;
  /** Milliseconds. */
  readonly after?: number;
  readonly phase?: string;
  readonly main?: JsonObject;
  readonly init?: JsonObject;
  /** The conditions that are not True. */
  readonly conditions: readonly string[];
  /** What ends it. */
  readonly remedy?: (cluster: Cluster) => void;
}

const unready = 'ContainersNotReady containers with unready status: [api]';
const waits = [`Ready False ${unready}`, `ContainersReady False ${unready}`];
const noSuch = `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
const catalog = {
  volumes: [{ name: 'c', configMap: { name: 'catalog', items: [{ key: 'k', path: 'p' }] } }],
};
const both = 'ContainersNotReady containers with unready status: [api side]';

const cases: readonly Case[] = [
  {
    reason: 'no node has room: the scheduler’s words, and nothing of a kubelet',
    trouble: { is: 'unschedulable' },
    conditions: [
      'PodScheduled False Unschedulable 0/1 nodes are available: 1 Insufficient memory. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
  },
  {
    reason: 'a claim that is not bound',
    trouble: { is: 'claim' },
    conditions: [
      'PodScheduled False Unschedulable 0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found',
    ],
  },
  {
    reason: 'a claim that does not exist',
    trouble: { is: 'claim', missing: 'data' },
    conditions: [
      'PodScheduled False Unschedulable 0/1 nodes are available: persistentvolumeclaim "data" not found. not found',
    ],
  },
  {
    reason: 'an image that does not exist, when it was just tried',
    trouble: { is: 'image' },
    after: 1000,
    main: { ...quiet, state: { waiting: { reason: 'ErrImagePull', message: noSuch } } },
    conditions: waits,
  },
  {
    reason: 'and while the kubelet waits to try again',
    trouble: { is: 'image' },
    after: 3000,
    main: {
      ...quiet,
      state: {
        waiting: {
          reason: 'ImagePullBackOff',
          message: `Back-off pulling image "${image}": ErrImagePull: ${noSuch}`,
        },
      },
    },
    conditions: waits,
  },
  {
    reason: 'a Secret of the environment is missing',
    trouble: { is: 'config', message: 'secret "x" not found' },
    main: {
      ...quiet,
      state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "x" not found' } },
    },
    conditions: waits,
  },
  {
    reason: 'a ConfigMap of a volume has not the key that is named: the status says nothing but that',
    trouble: { is: 'mounts' },
    spec: catalog,
    main: { ...quiet, state: { waiting: { reason: 'ContainerCreating' } } },
    conditions: ['PodReadyToStartContainers False', `Ready False ${both}`, `ContainersReady False ${both}`],
    remedy: (cluster) => {
      const metadata = { namespace: 'n', name: 'catalog' };
      cluster.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { k: '' } });
    },
  },
  {
    reason: 'a readiness probe that fails while it runs',
    trouble: { is: 'probe' },
    phase: 'Running',
    main: { ...quiet, state: { running: {} }, started: true },
    conditions: waits,
  },
  {
    reason: 'the memory of a container: after its end it is started once at once',
    trouble: outOfMemory,
    after: 30_000,
    phase: 'Running',
    main: {
      state: { running: {} },
      lastState: { terminated: { exitCode: 137, reason: 'OOMKilled' } },
      ready: false,
      restartCount: 1,
      started: true,
    },
    conditions: waits,
  },
  {
    reason: 'an init container that fails keeps all others',
    trouble: { is: 'crash', init: true, exitCode: 3, message: () => 'no such file' },
    spec: { initContainers: [{ name: 'setup', image }] },
    after: 9_000,
    main: { ...quiet, state: { waiting: { reason: 'PodInitializing' } } },
    init: {
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: 'back-off 10s restarting failed container=setup pod=<name>_n(<uid>)',
        },
      },
      lastState: { terminated: { exitCode: 3, reason: 'Error', message: 'no such file' } },
      ready: false,
      restartCount: 1,
      started: false,
    },
    conditions: [
      'Initialized False ContainersNotInitialized containers with incomplete status: [setup]',
      `Ready False ${both}`,
      `ContainersReady False ${both}`,
    ],
  },
];

for (const { reason, trouble, spec, after = 5000, phase = 'Pending', main, init, remedy, ...rest } of cases) {
  test(reason, async (t) => {
    const cluster = world(trouble, spec);
    await cluster.run(after);
    const found = pod(cluster);
    t.equal(stringAt(found, 'status', 'phase'), phase);
    t.strictSame(
      conditions(found).filter((each) => !/^\w+ True/.test(each)),
      rest.conditions,
    );
    t.strictSame(
      found['status'] && objectAt(found, 'status')['containerStatuses'] ? doing(found) : undefined,
      main,
    );
    if (init) {
      const { name, uid } = found.metadata;
      const text = JSON.stringify(doing(found, 'initContainerStatuses'));
      t.strictSame(JSON.parse(text.replace(name, '<name>').replace(uid, '<uid>')), init);
    }
    t.equal(available(cluster), undefined);
    if (remedy) remedy(cluster);
    else cluster.changeNodes({ trouble: () => undefined });
    await cluster.run(300_000);
    t.equal(available(cluster), 1, 'without the trouble it becomes ready');
  });
}

test('a crash loop: ten seconds, doubled to five minutes, with new words each time', async (t) => {
  const words: string[] = [];
  const cluster = world({
    is: 'crash',
    message: (crash, now) => {
      words.push(`${crash} at ${now}`);
      return String(words.at(-1));
    },
  });
  const seen = (await lived(cluster, 3_600_000)).map((each) => container(each));
  const waiting = seen.flatMap((each) => stringAt(each, 'state', 'waiting', 'message') ?? []);
  const { name, uid } = pod(cluster).metadata;
  const backOff = (time: string) => `back-off ${time} restarting failed container=api pod=${name}_n(${uid})`;
  t.strictSame(waiting.slice(0, 7), ['10s', '20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s'].map(backOff));
  t.strictSame(
    seen.flatMap((each) => stringAt(each, 'state', 'terminated', 'message') ?? []),
    words,
  );
  t.equal(new Set(words).size, words.length);
  t.equal(at(seen.at(-1), 'restartCount'), words.length - 1);
  t.equal(stringAt(seen.at(-1), 'lastState', 'terminated', 'reason'), 'Error');
  const ids = seen.flatMap((each) => stringAt(each, 'state', 'terminated', 'containerID') ?? []);
  t.equal(new Set(ids).size, words.length, 'each start is another container');
});

test('pulls of an image come later and later, and both reasons take turns', async (t) => {
  const cluster = world({ is: 'image', message: 'unauthorized' });
  const reasons = (await lived(cluster, 100_000)).map((each) =>
    stringAt(container(each), 'state', 'waiting', 'reason'),
  );
  t.strictSame(
    reasons.filter((reason) => reason !== 'ContainerCreating' && reason !== undefined),
    Array.from({ length: 4 }, () => ['ErrImagePull', 'ImagePullBackOff']).flat(),
    'at 0, 10, 30 and 70 seconds',
  );
});

test('an evicted pod fails and stays, and its ReplicaSet makes another', async (t) => {
  const cluster = world({ is: 'evict', afterMilliseconds: 10_000 });
  await cluster.run(5000);
  t.equal(available(cluster), 1);
  await cluster.run(8000);
  t.equal(available(cluster), 1, 'the next one');
  const [evicted, next] = pods(cluster) as [StoredObject, StoredObject];
  t.match(evicted['status'], {
    phase: 'Failed',
    reason: 'Evicted',
    message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: ',
  });
  t.ok(conditions(evicted).includes('Ready False PodFailed'));
  t.match(conditions(evicted).at(-1), 'DisruptionTarget True TerminationByKubelet The node was low on');
  t.equal(stringAt(next, 'status', 'phase'), 'Running');
  t.equal(cluster.workloads.pods('n', 'd').length, 1, 'what failed counts no more');
  cluster.delete('Deployment', 'n', 'd');
  await cluster.run(1000);
  t.strictSame(pods(cluster), []);
});

test('what runs is not touched by a trouble, and a template with another is', async (t) => {
  const cluster = world();
  await cluster.run(3000);
  cluster.changeNodes({
    trouble: (template) =>
      stringAt(template, 'spec', 'containers', 0, 'image') === image ? undefined : { is: 'image' },
  });
  cluster.edit('Deployment', 'n', 'd', (deployment) => {
    objectAt(deployment, 'spec', 'template', 'spec', 'containers', 0)['image'] = 'registry.example/api:2';
  });
  await cluster.run(20_000);
  t.strictSame(
    pods(cluster).map((each) => [
      stringAt(each, 'status', 'phase'),
      stringAt(container(each), 'state', 'waiting', 'reason'),
    ]),
    [
      ['Running', undefined],
      ['Pending', 'ImagePullBackOff'],
    ],
  );
  t.equal(available(cluster), 1);
});
