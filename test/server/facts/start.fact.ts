import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import type { RunningPod } from '../pod/start-pod.ts';
import type { PodTemplate } from '../pod/types.ts';
import { startWorld } from '../world.ts';
import { type ChangeConfig, config, ends, objectsOf, read, smallest, specOf } from './facts.ts';

const answers = (pod: RunningPod) =>
  pod.get('/openapi.json').then(
    () => true,
    () => false,
  );

test('server 1.5.1 answers only when the database is migrated, then is Ready whatever its views have', async (t) => {
  const world = await startWorld(t);
  const pod = await world.start({
    spec: specOf([{ name: 'site', url: { endpoint: 'https://example.com/registry.json' } }]),
    objects: objectsOf({}),
  });
  while (!(await answers(pod))) await sleep(5);
  t.match(pod.log(), 'Database migrations completed successfully', 'no port is open before');
  await pod.ready();
  t.match(await read(pod, 'site'), { phase: 'failed' });
  t.strictSame(await pod.view('default').then(({ status, servers }) => ({ status, servers })), {
    status: 200,
    servers: [],
  });
  t.equal(await pod.isReady(), true);
});

test('server 1.5.1 reads the variables of a Service thv-registry-database as configuration', async (t) => {
  const world = await startWorld(t);
  for (const enableServiceLinks of [true, false]) {
    await t.test(`enableServiceLinks: ${enableServiceLinks}`, async (t) => {
      const pod = await world.start({
        ...smallest(),
        services: [{ name: 'thv-registry-database', ip: '10.96.9.9', ports: [{ port: 5432 }] }],
        template: (pod: PodTemplate) => ({ ...pod, spec: { ...pod.spec, enableServiceLinks } }),
      });
      t.teardown(pod.kill);
      if (!enableServiceLinks) return pod.ready();
      t.match(await ends(pod), { code: 1, words: /'Database\.Port' cannot parse value as 'int'/ });
    });
  }
});

const PROVIDER = { name: 'sso', issuerUrl: 'https://sso.example.com', audience: 'mcp-registry' };
const GIT = { repository: 'https://git.example.com/catalog.git', branch: 'main' };
const NOWHERE = '/secrets/missing/file';

interface MissingFile {
  readonly reason: string;
  readonly change: ChangeConfig;
}

const MISSING: readonly MissingFile[] = [
  {
    reason: 'the password of a repository',
    change: (value) => {
      value.sources[0] = {
        name: 'a',
        syncPolicy: { interval: '1h' },
        git: { ...GIT, auth: { username: 'user', passwordFile: NOWHERE } },
      };
    },
  },
  ...[
    { clientId: 'client', clientSecretFile: NOWHERE },
    { caCertPath: NOWHERE },
    { authTokenFile: NOWHERE },
  ].map(
    (fields): MissingFile => ({
      reason: Object.keys(fields).at(-1) ?? '',
      change: (value) => {
        value.auth = { mode: 'oauth', oauth: { providers: [{ ...PROVIDER, ...fields }] } };
      },
    }),
  ),
];

test('server 1.5.1 ends when a file is missing that an optional reference may leave out', async (t) => {
  const world = await startWorld(t);
  for (const { reason, change } of MISSING) {
    await t.test(reason, async (t) => {
      const pod = await world.start({ ...smallest(), config: config(change) });
      t.match(await ends(pod), { code: 1, words: /no such file or directory/ });
    });
  }
});

const withoutVariable = (name: string) => (pod: PodTemplate) => ({
  ...pod,
  spec: {
    ...pod.spec,
    containers: pod.spec.containers.map((container) => ({
      ...container,
      env: container.env?.filter((variable) => variable.name !== name) ?? [],
    })),
  },
});

test('server 1.5.1 does not serve without a password that an optional reference may leave out', async (t) => {
  const world = await startWorld(t);
  await t.test('of the migration user: it ends', async (t) => {
    const template = withoutVariable('THV_REGISTRY_DATABASE_MIGRATIONPASSWORD');
    const pod = await world.start({ ...smallest(), template });
    t.match(await ends(pod), { code: 1 });
  });
  await t.test('of the application user: it is never Ready', async (t) => {
    const template = withoutVariable('THV_REGISTRY_DATABASE_PASSWORD');
    const pod = await world.start({ ...smallest(), template });
    await pod.logged(/Sync coordinator failed.*password authentication failed/);
    t.equal(await pod.isReady(), false);
  });
});
