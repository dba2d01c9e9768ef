import { test } from 'tap';
import { startWorld, type World } from '../world.ts';
import { config, databaseConfig, ends, looked, next, read, smallest } from './facts.ts';

test('server 1.5.1 with a wrong password of the application user runs, and is not Ready', async (t) => {
  const world = await startWorld(t);
  world.database.password('db_app', 'another');
  const start = () => world.start(smallest());
  let pod = await start();
  await pod.logged(/Sync coordinator failed.*password authentication failed/);
  t.equal(await pod.isReady(), false);
  t.equal((await pod.view('default')).status, 500);

  world.database.password('db_app', 'app-password');
  await pod.ready();
  t.equal((await pod.view('default')).status, 404, 'Ready by itself, and without its views');
  t.strictSame((await pod.get('/v1/sources')).body, { sources: [] });

  pod = await next(pod, start);
  t.strictSame((await pod.view('default')).servers, ['io.example/a'], 'until it is restarted');
});

test('server 1.5.1 with a wrong password of the migration user ends', async (t) => {
  const world = await startWorld(t);
  world.database.password('db_migrator', 'another');
  const pod = await world.start(smallest());
  t.match(await ends(pod), { code: 1, words: 'failed to run database migrations' });
});

const SSL: readonly {
  readonly reason: string;
  readonly sslMode: string;
  readonly names?: readonly string[];
  /** Nothing, or PGSSLROOTCERT. */
  readonly trusts?: 'nothing';
  readonly expected: 'serves' | RegExp;
  /** Whether the server goes on running although it can't serve. */
  readonly runs?: boolean;
}[] = [
  { reason: 'require', sslMode: 'require', names: ['other'], trusts: 'nothing', expected: 'serves' },
  {
    reason: 'require with PGSSLROOTCERT: the migration looks for the host in the certificate',
    sslMode: 'require',
    names: ['other'],
    expected: /certificate is valid for other, not postgres/,
  },
  { reason: 'allow', sslMode: 'allow', expected: /unsupported sslmode "allow"/ },
  { reason: 'prefer', sslMode: 'prefer', expected: /unsupported sslmode "prefer"/ },
  {
    reason: 'verify-ca with a private authority',
    sslMode: 'verify-ca',
    trusts: 'nothing',
    expected: /certificate signed by unknown authority/,
  },
  {
    reason: 'verify-ca with PGSSLROOTCERT',
    sslMode: 'verify-ca',
    expected: 'serves',
  },
  {
    reason: 'verify-ca with another name in the certificate: the migration looks for the host',
    sslMode: 'verify-ca',
    names: ['other'],
    expected: /certificate is valid for other, not postgres/,
  },
  {
    reason: 'verify-full: the pool looks for localhost in the certificate',
    sslMode: 'verify-full',
    runs: true,
    expected: /Sync coordinator failed.*failed to verify certificate.*localhost/,
  },
  {
    reason: 'verify-full with a certificate for both',
    sslMode: 'verify-full',
    names: ['postgres', 'localhost'],
    expected: 'serves',
  },
  {
    reason: 'verify-full with a certificate for localhost only: the migration looks for the host',
    sslMode: 'verify-full',
    names: ['localhost'],
    expected: /certificate is (not )?valid for/,
  },
];

test('server 1.5.1 and TLS to the database', async (t) => {
  const world = await startWorld(t);
  for (const { reason, sslMode, names = ['postgres'], trusts, expected, runs = false } of SSL) {
    await t.test(reason, async (t) => {
      await world.database.certificate(names);
      const pod = await world.start(tlsOptions(world, sslMode, trusts));
      t.teardown(pod.kill);
      if (expected === 'serves') {
        await pod.ready();
        await read(pod, 'a');
        t.strictSame((await pod.view('default')).servers, ['io.example/a']);
        return;
      }
      if (runs) await pod.logged(expected);
      else t.match(await ends(pod), { code: 1, words: expected });
      t.equal(await pod.isReady(), false);
    });
  }
});

/** The smallest registry with the authority of the world in a ConfigMap, mounted by the user's template. */
function tlsOptions(world: World, sslMode: string, trusts: 'PGSSLROOTCERT' | 'nothing' = 'PGSSLROOTCERT') {
  const { spec, objects } = smallest({
    podTemplateSpec: {
      spec: {
        volumes: [{ name: 'database-ca', configMap: { name: 'database-ca' } }],
        containers: [
          {
            name: 'registry-api',
            env:
              trusts === 'PGSSLROOTCERT'
                ? [{ name: 'PGSSLROOTCERT', value: '/database-ca/ca.crt' }]
                : // The harness's image trusts the authority of the world; the real one does not.
                  ['SSL_CERT_FILE', 'SSL_CERT_DIR'].map((name) => ({ name, value: '/nothing' })),
            volumeMounts: [{ name: 'database-ca', mountPath: '/database-ca', readOnly: true }],
          },
        ],
      },
    },
  });
  return {
    spec,
    objects: {
      ...objects,
      configMaps: { ...objects.configMaps, 'database-ca': { 'ca.crt': world.authority.cert } },
    },
    config: config((value) => {
      value.database.sslMode = sslMode;
    }),
  };
}

const DYNAMIC: readonly { readonly reason: string; readonly dynamicAuth: unknown; readonly words: RegExp }[] =
  [
    { reason: 'no region: dropped', dynamicAuth: { awsRdsIam: {} }, words: /password authentication failed/ },
    {
      reason: 'an empty region',
      dynamicAuth: { awsRdsIam: { region: '' } },
      words: /region is not configured/,
    },
    { reason: 'no kind: dropped', dynamicAuth: {}, words: /password authentication failed/ },
  ];

test('server 1.5.1 ends for dynamicAuth without a region', async (t) => {
  const world = await startWorld(t);
  for (const { reason, dynamicAuth, words } of DYNAMIC) {
    await t.test(reason, async (t) => {
      const { spec, objects } = smallest({
        databaseConfig: { host: databaseConfig.host, dynamicAuth: { awsRdsIam: { region: 'eu-west-1' } } },
      });
      const pod = await world.start({
        spec,
        objects,
        config: config((value) => {
          value.database.dynamicAuth = dynamicAuth;
        }),
      });
      t.match(await ends(pod), { code: 1, words: words });
    });
  }
});

test('server 1.5.1 of another registry on the same database removes the sources and views of the first', async (t) => {
  const world = await startWorld(t);
  const { spec, objects } = smallest();
  const first = await world.start({ spec, objects });
  await looked(first);
  const second = await world.start({
    spec,
    objects,
    config: config((value) => {
      value.sources[0].name = 'b';
      value.registries = [{ name: 'other', sources: ['b'] }];
    }),
    ports: { api: 9080, internal: 9081 },
  });
  await looked(second);
  t.strictSame((await second.view('other')).servers, ['io.example/a']);
  t.equal((await first.view('default')).status, 404);
  t.equal(await first.isReady(), true);
});

test('server 1.5.1 of another registry with the same names serves the entries of the first', async (t) => {
  const world = await startWorld(t);
  const { spec, objects } = smallest();
  const slow = config((value) => {
    value.sources[0].syncPolicy.interval = '30m';
  });
  const first = await world.start({ spec, objects, config: slow });
  await looked(first);
  const second = await world.start({
    spec,
    objects: { ...objects, configMaps: { 'a-catalog': { 'registry.json': '{"other":true}' } } },
    config: slow,
    ports: { api: 9080, internal: 9081 },
  });
  await looked(second);
  t.strictSame((await second.view('default')).servers, ['io.example/a']);
});
