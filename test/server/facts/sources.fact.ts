import { test } from 'tap';
import { upstreamCatalog } from '../catalog.ts';
import { startWorld } from '../world.ts';
import {
  config,
  ends,
  fileSource,
  looked,
  next,
  objectsOf,
  read,
  smallest,
  specOf,
  syncStatus,
} from './facts.ts';

test('server 1.5.1 reads one source at its start, and those that were never read before all others', async (t) => {
  const world = await startWorld(t);
  const start = () =>
    world.start({
      spec: specOf([fileSource('a'), fileSource('b')]),
      objects: objectsOf({ a: ['io.example/a'], b: ['io.example/b'] }),
    });
  let pod = await start();
  await looked(pod);
  t.strictSame((await pod.view('default')).servers, ['io.example/a'], 'the first by name');
  t.match(await syncStatus(pod, 'b'), { phase: 'failed', message: 'No previous sync status found' });
  pod = await next(pod, start);
  t.strictSame((await pod.view('default')).servers, ['io.example/a', 'io.example/b'], 'a was due as well');
});

test('server 1.5.1 reads no other source while the one it read longest ago is due and unchanged', async (t) => {
  const world = await startWorld(t);
  const start = (a: string, b: string) => () =>
    world.start({
      spec: specOf([fileSource('a'), fileSource('b')]),
      objects: objectsOf({ a: [a], b: [b] }),
    });
  let pod = await start('io.example/a', 'io.example/b')();
  await looked(pod);
  pod = await next(pod, start('io.example/a', 'io.example/b'));
  for (let look = 1; look <= 3; look++) {
    pod = await next(pod, start('io.example/a', 'io.example/b-2'));
    t.strictSame((await pod.view('default')).servers, ['io.example/a', 'io.example/b'], `look ${look}`);
  }
  pod = await next(pod, start('io.example/a-2', 'io.example/b-2'));
  t.strictSame((await pod.view('default')).servers, ['io.example/a-2', 'io.example/b']);
  pod = await next(pod, start('io.example/a-2', 'io.example/b-2'));
  t.strictSame((await pod.view('default')).servers, ['io.example/a-2', 'io.example/b-2']);
});

test('server 1.5.1 applies a changed filter only when the content of the source changes', async (t) => {
  const world = await startWorld(t);
  const filter = { names: { exclude: ['io.example/a'] } };
  const start =
    (entries: readonly string[], more = {}) =>
    () =>
      world.start({ spec: specOf([fileSource('a', more)]), objects: objectsOf({ a: entries }) });
  let pod = await start(['io.example/a', 'io.example/b'])();
  await looked(pod);
  for (let look = 1; look <= 2; look++) {
    pod = await next(pod, start(['io.example/a', 'io.example/b'], { filter }));
    t.strictSame((await pod.view('default')).servers, ['io.example/a', 'io.example/b'], `look ${look}`);
  }
  pod = await next(pod, start(['io.example/a', 'io.example/b', 'io.example/c'], { filter }));
  t.strictSame((await pod.view('default')).servers, ['io.example/b', 'io.example/c']);
});

test('server 1.5.1 reads a changed location under the same name only after the interval', async (t) => {
  const world = await startWorld(t);
  const site = await world.serveFiles('https://example.com', {
    '/1.json': upstreamCatalog(['io.example/one']),
    '/2.json': upstreamCatalog(['io.example/two']),
  });
  const start = (path: string, interval: string) => () =>
    world.start({
      spec: specOf([{ ...urlSource(`${site.url}${path}`), syncPolicy: { interval } }]),
      objects: objectsOf({}),
    });
  let pod = await start('/1.json', '30m')();
  await looked(pod);
  pod = await next(pod, start('/2.json', '30m'));
  t.strictSame((await pod.view('default')).servers, ['io.example/one'], 'a restart does not read it');
  pod = await next(pod, start('/2.json', '1s'));
  t.strictSame((await pod.view('default')).servers, ['io.example/two']);
});

const urlSource = (endpoint: string) => ({ name: 'site', url: { endpoint } });

test('server 1.5.1 reads a failed source again only after the interval, and serves the old entries until then', async (t) => {
  const world = await startWorld(t);
  const files: Record<string, string> = { '/registry.json': upstreamCatalog(['io.example/a']) };
  await world.serveFiles('https://example.com', files);
  const start = (path: string, interval: string) => () =>
    world.start({
      spec: specOf([{ ...urlSource(`https://example.com${path}`), syncPolicy: { interval } }]),
      objects: objectsOf({}),
    });
  let pod = await start('/registry.json', '1s')();
  await looked(pod);
  pod = await next(pod, start('/new.json', '1s'));
  t.match(await read(pod, 'site'), { phase: 'failed', message: /HTTP 404/ });
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
  t.equal(await pod.isReady(), true);
  files['/new.json'] = upstreamCatalog(['io.example/new']);
  pod = await next(pod, start('/new.json', '30m'));
  t.strictSame((await pod.view('default')).servers, ['io.example/a'], 'a restart does not read it');
});

test('server 1.5.1 reads nothing for an hour after it ended during the second try of a source', async (t) => {
  const world = await startWorld(t);
  let calls = 0;
  await world.serve('https://example.com', (_request, response) => {
    calls += 1;
    if (calls === 1) response.writeHead(503).end();
  });
  const start = () =>
    world.start({
      spec: specOf([{ ...urlSource('https://example.com/registry.json'), name: 'a' }, fileSource('b')]),
      objects: objectsOf({ b: ['io.example/b'] }),
    });
  let pod = await start();
  await pod.logged(/Starting sync operation/);
  pod = await next(pod, start);
  await pod.logged(/sync-already-in-progress/);
  pod = await next(pod, start);
  t.strictSame((await pod.view('default')).servers, [], 'b is never read');
  t.equal(await pod.isReady(), true);
  pod = await next(pod, () =>
    world.start({ spec: specOf([fileSource('b')]), objects: objectsOf({ b: ['io.example/b'] }) }),
  );
  t.strictSame((await pod.view('default')).servers, ['io.example/b'], 'without the other source, it is');
});

const UNREADABLE: readonly { readonly reason: string; readonly content: string; readonly message: RegExp }[] =
  [
    {
      reason: 'the format of ToolHive, which 1.2 was the last to read',
      content: JSON.stringify({ version: '1.0.0', last_updated: '2026-01-01T00:00:00Z', servers: {} }),
      message: /meta is required/,
    },
    {
      reason: 'no entry: an emptied catalogue does not empty the view',
      content: upstreamCatalog([]),
      message: /must contain at least one server/,
    },
    {
      reason: 'one entry with a name that has no slash',
      content: upstreamCatalog(['io.example/a', 'noslash']),
      message: /data.servers.1.name: Does not match pattern/,
    },
    {
      reason: 'an entry twice',
      content: upstreamCatalog(['io.example/a', 'io.example/a']),
      message: /cannot affect row a second time/,
    },
  ];

test('server 1.5.1 takes nothing of a catalogue that it can not read, and is Ready', async (t) => {
  for (const { reason, content, message } of UNREADABLE) {
    await t.test(reason, async (t) => {
      const world = await startWorld(t);
      const pod = await world.start({ spec: smallest().spec, objects: objectsOf({ a: content }) });
      await pod.ready();
      t.match(await read(pod, 'a'), { phase: 'failed', message });
      t.strictSame((await pod.view('default')).servers, []);
      t.equal(await pod.isReady(), true);
    });
  }
});

test('server 1.5.1 takes plain http in url.endpoint', async (t) => {
  const world = await startWorld(t);
  await world.serveFiles('http://example.com', { '/registry.json': upstreamCatalog(['io.example/a']) });
  const pod = await world.start({
    spec: specOf([urlSource('http://example.com/registry.json')]),
    objects: objectsOf({}),
  });
  await pod.ready();
  await read(pod, 'site');
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
});

test('server 1.5.1 reads an API only if it serves the openapi.yaml of the official registry', async (t) => {
  for (const openapi of [true, false]) {
    await t.test(openapi ? 'with it' : 'without it, as another server 1.5.1 is', async (t) => {
      const world = await startWorld(t);
      const { data } = JSON.parse(upstreamCatalog(['io.example/a'])) as { data: { servers: [] } };
      await world.serveRegistryApi('https://registry.example.com', data.servers, { openapi });
      const pod = await world.start({
        spec: specOf([{ name: 'api', api: { endpoint: 'https://registry.example.com' } }]),
        objects: objectsOf({}),
      });
      await pod.ready();
      const { phase, message } = await read(pod, 'api');
      t.equal(phase, openapi ? 'complete' : 'failed');
      if (!openapi) t.match(message, 'unable to validate Upstream format');
      t.equal((await pod.get('/openapi.yaml')).status, 404, 'this server has none');
    });
  }
});

test('server 1.5.1 serves the user information of a git URL to everyone who may read the source', async (t) => {
  const world = await startWorld(t);
  const repository = 'https://git-user:s3cret@git.example.com/catalog.git';
  const pod = await world.start({
    spec: specOf([{ name: 'git', git: { repository, branch: 'main' } }]),
    objects: objectsOf({}),
  });
  await pod.ready();
  await pod.logged(/Starting background sync coordinator/);
  await read(pod, 'git');
  t.match((await pod.get('/v1/sources/git')).body, { sourceConfig: { repository } });
});

test('server 1.5.1 ends for a file with inline data: only its API takes that', async (t) => {
  const world = await startWorld(t);
  const { spec, objects } = smallest();
  const pod = await world.start({
    spec,
    objects,
    config: config((value) => {
      value.sources[0].file = { data: upstreamCatalog(['io.example/a']) };
    }),
  });
  t.match(await ends(pod), { code: 1, words: /file\.path or file\.url is required/ });
});

test('server 1.5.1 reads a file of an inline source beside its configuration', async (t) => {
  const world = await startWorld(t);
  const { objects } = smallest();
  const spec = specOf([{ name: 'a', inline: { data: upstreamCatalog(['io.example/a']) } }]);
  const pod = await world.start({ spec, objects });
  t.teardown(pod.kill);
  await pod.ready();
  await read(pod, 'a');
  t.strictSame((await pod.view('default')).servers, ['io.example/a']);
});
