import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { upstreamCatalog } from '../catalog.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import { startWorld, type World } from '../world.ts';
import { fileSource, looked, next, objectsOf, read, smallest, specOf } from './facts.ts';

/** The new pod of a rollout, beside the old one. */
const BESIDE = { api: 9080, internal: 9081 };

const OBJECTS = objectsOf({ a: ['io.example/a', 'io.example/b'] });
const FILTER = { names: { exclude: ['io.example/b'] } };
const of = (name: string, more: object = {}) => ({ ...fileSource('a', more), name });

const startWith = (world: World, sources: readonly ReturnType<typeof of>[], ports?: typeof BESIDE) =>
  world.start({ spec: specOf(sources), objects: OBJECTS, ...(ports ? { ports } : {}) });

test('server 1.5.1 reads a source with a new name at once, and drops the old name in both pods', async (t) => {
  const world = await startWorld(t);
  const old = await startWith(world, [of('a')]);
  await looked(old);
  const pod = await startWith(world, [of('a-2', { filter: FILTER })], BESIDE);
  await looked(pod);
  await read(pod, 'a-2');
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
  t.strictSame((await old.view('default')).servers, ['io.example/a'], 'the old pod serves it too');
  t.equal((await old.get('/v1/sources/a')).status, 404);
});

test('server 1.5.1 serves nothing of a source with a new name until it was read well', async (t) => {
  const world = await startWorld(t);
  const site = await world.serveFiles('https://example.com', {
    '/registry.json': upstreamCatalog(['io.example/a']),
  });
  const start = (name: string, path: string, ports?: typeof BESIDE) =>
    world.start({
      spec: specOf([{ name, url: { endpoint: `${site.url}${path}` }, syncPolicy: { interval: '30m' } }]),
      objects: objectsOf({}),
      ...(ports ? { ports } : {}),
    });
  const old = await start('site', '/registry.json');
  await looked(old);
  t.strictSame((await old.view('default')).servers, ['io.example/a']);
  const pod = await start('site-2', '/missing.json', BESIDE);
  await pod.ready();
  t.match(await read(pod, 'site-2'), { phase: 'failed' });
  t.strictSame((await pod.view('default')).servers, []);
  t.strictSame((await old.view('default')).servers, []);
  t.equal(await pod.isReady(), true);
  await old.kill();
  await pod.kill();
  const again = await start('site-2', '/registry.json');
  await looked(again);
  t.strictSame((await again.view('default')).servers, [], 'until the interval has passed');
});

test('server 1.5.1 shows no gap when a second source takes over: both listed, then the new one', async (t) => {
  const world = await startWorld(t);
  const first = of('a');
  const second = of('a-2', { filter: FILTER });
  let pod = await startWith(world, [first]);
  await looked(pod);
  const both = ['io.example/a', 'io.example/b'];
  pod = await next(pod, () => startWith(world, [first, second]));
  t.match(await read(pod, 'a-2'), { phase: 'complete' });
  t.strictSame((await pod.view('default')).servers, both, 'an entry of both is served once');
  pod = await next(pod, () => startWith(world, [second]));
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
});

test('server 1.5.1 keeps the old configuration when a view of its API lists a removed source', async (t) => {
  const world = await startWorld(t);
  let pod = await startWith(world, [of('a')]);
  await looked(pod);
  t.equal((await pod.call('PUT', '/v1/registries/mine', { body: { sources: ['a'] } })).status, 201);
  await pod.kill();
  pod = await startWith(world, [of('a-2', { filter: FILTER })]);
  await pod.logged(/Sync coordinator failed.*registry_source_source_id_fkey/);
  t.equal(await pod.isReady(), true);
  t.equal((await pod.get('/v1/sources/a-2')).status, 404);
  t.strictSame((await pod.view('default')).servers, ['io.example/a', 'io.example/b']);
});

test('server 1.5.1 keeps what was published to a managed source when its configuration changes', async (t) => {
  const world = await startWorld(t);
  const start = (interval: string) => () =>
    world.start({
      spec: specOf([fileSource('a', { syncPolicy: { interval } }), { name: 'managed', managed: {} }]),
      objects: objectsOf({ a: ['io.example/a'] }),
    });
  let pod: RunningPod = await start('1s')();
  await looked(pod);
  const { data } = JSON.parse(upstreamCatalog(['io.example/published'])) as { data: { servers: unknown[] } };
  const published = await pod.call('POST', '/v1/entries', { body: { server: data.servers[0] } });
  t.equal(published.status, 201);
  pod = await next(pod, start('1h'));
  t.strictSame((await pod.view('default')).servers, ['io.example/a', 'io.example/published']);
});

test('server 1.5.1 waits with the new configuration while the old pod reads a source that never answers', async (t) => {
  const world = await startWorld(t);
  await world.serve('https://example.com', () => {});
  const hanging = {
    name: 'hanging',
    git: { repository: 'https://example.com/catalog.git', branch: 'main' },
  };
  const { spec, objects } = smallest();
  const old = await world.start({ spec: specOf([hanging]), objects });
  await old.logged(/Starting git clone/);
  const pod = await world.start({ spec, objects, ports: BESIDE });
  await pod.ready();
  await sleep(2_000);
  t.equal(await pod.isReady(), true);
  t.strictSame((await pod.view('default')).servers, []);
  t.equal((await pod.get('/v1/sources/a')).status, 404, 'it has not even taken its configuration');
  await old.kill();
  await read(pod, 'a');
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
});
