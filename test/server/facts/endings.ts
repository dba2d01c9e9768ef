/** Ways in which a registry server ends before it is ready, and the words that it ends with. */
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { upstreamCatalog } from '../catalog.ts';
import { harnessSettings } from '../harness-settings.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import type { PodTemplate } from '../pod/types.ts';
import type { StartOptions, World } from '../world.ts';
import { type ChangeConfig, config, databaseConfig, objectsOf, smallest, specOf } from './facts.ts';

export interface Ending {
  /** Of its log in `test/fixtures/server-logs/`. */
  readonly name: string;
  /** Starts a pod whose server ends. */
  readonly start: (world: World, t: Test) => Promise<RunningPod>;
}

/** Where nobody listens: PostgreSQL has another address of the same network. */
const NOBODY = '10.96.3.3';
const NOWHERE = '/secrets/missing/file';
const PROVIDER = { name: 'sso', issuerUrl: 'https://sso.example.com', audience: 'mcp-registry' };

const changed = (change: ChangeConfig, options: StartOptions = smallest()): StartOptions => ({
  ...options,
  config: config(change),
});

/** Changes fields of the database. */
const withDatabase = (fields: Readonly<Record<string, unknown>>) =>
  changed((value) => Object.assign(value.database, fields));

/** Changes variables and arguments of the server. */
const withServer =
  (change: (container: PodTemplate['spec']['containers'][number]) => object) =>
  (pod: PodTemplate): PodTemplate => ({
    ...pod,
    spec: {
      ...pod.spec,
      containers: pod.spec.containers.map((container) => ({ ...container, ...change(container) })),
    },
  });

const withVariables = (variables: Readonly<Record<string, string>>) =>
  withServer(({ env = [] }) => ({
    env: [
      ...env.filter(({ name }) => !(name in variables)),
      ...Object.entries(variables).map(([name, value]) => ({ name, value })),
    ],
  }));

/** The harness's image trusts the authority of the world; the real one does not. */
const untrusting = withVariables({ SSL_CERT_FILE: '/nothing', SSL_CERT_DIR: '/nothing' });

/** Runs SQL in the database of the world, and starts the smallest registry. */
const after = (sql: string) => (world: World) => {
  world.database.sql(sql);
  return world.start(smallest());
};

/** Starts a registry with this configuration. */
const configured = (change: ChangeConfig) => (world: World) => world.start(changed(change));

/** Migrates the database, and changes what the migrations have written. */
const migrated = (sql: string) => async (world: World) => {
  const pod = await world.start(smallest());
  await pod.ready();
  await pod.kill();
  return after(sql)(world);
};

const pgpass = (text: string, template?: StartOptions['template']): StartOptions => ({
  spec: specOf([{ name: 'own', managed: {} }], {
    databaseConfig: { host: databaseConfig.host, sslMode: 'disable' },
    pgpassSecretRef: { name: 'registry-pgpass', key: 'pgpass' },
  }),
  objects: { secrets: { 'registry-pgpass': { pgpass: text } } },
  ...(template ? { template } : {}),
});

/** A database of AWS, which is logged in to with a token. */
const onAws = (region: string): StartOptions =>
  changed(
    (value) => {
      value.database.dynamicAuth.awsRdsIam.region = region;
    },
    smallest({
      databaseConfig: { host: databaseConfig.host, dynamicAuth: { awsRdsIam: { region: 'eu-west-1' } } },
    }),
  );

/** A file at `/broken/config.yaml` in place of the configuration: the harness reads only one that is YAML. */
const broken = (text: string): StartOptions => {
  const { spec, objects } = smallest({
    podTemplateSpec: {
      spec: {
        volumes: [{ name: 'broken', configMap: { name: 'broken' } }],
        containers: [
          { name: 'registry-api', volumeMounts: [{ name: 'broken', mountPath: '/broken', readOnly: true }] },
        ],
      },
    },
  });
  return {
    spec,
    objects: { ...objects, configMaps: { ...objects.configMaps, broken: { 'config.yaml': text } } },
    template: withServer(() => ({ args: ['serve', '--config=/broken/config.yaml'] })),
  };
};

/** A PostgreSQL that was built or set up without TLS answers a request for TLS with this letter. */
const withoutTls = async (t: Test): Promise<number> => {
  const server = createServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end('N'));
  });
  await new Promise<void>((resolve) => server.listen(5432, NOBODY, resolve));
  t.teardown(() => server.close());
  return 5432;
};

/** Takes a port of the pod; nothing is ever answered there. */
const listen = async (t: Test, port: number): Promise<void> => {
  const server = createServer((socket) => socket.on('error', () => undefined).destroy());
  await new Promise<void>((resolve) => server.listen(port, '0.0.0.0', resolve));
  t.teardown(() => server.close());
};

/** Lets nobody log in without TLS, as hosted databases do. */
const onlyTls = (world: World): void => {
  const access = 'local all postgres trust\nhostssl all all all scram-sha-256\n';
  writeFileSync(join(harnessSettings().postgres.data, 'pg_hba.conf'), access);
  world.database.sql('SELECT pg_reload_conf()');
};

export const endings: readonly Ending[] = [
  {
    name: 'migration-password-wrong',
    start: (world) => {
      world.database.password('db_migrator', 'another');
      return world.start(smallest());
    },
  },
  {
    name: 'migration-user-unknown',
    start: (world) => world.start(withDatabase({ migrationUser: 'nobody' })),
  },
  { name: 'migration-user-without-login', start: after('ALTER ROLE db_migrator NOLOGIN') },
  { name: 'migration-user-without-rights', start: after('REVOKE CREATE ON SCHEMA public FROM db_migrator') },
  { name: 'connections-of-role-used-up', start: after('ALTER ROLE db_migrator CONNECTION LIMIT 0') },
  { name: 'right-to-connect-missing', start: after('REVOKE CONNECT ON DATABASE registry FROM PUBLIC') },
  { name: 'role-of-application-missing', start: after('DROP ROLE toolhive_registry_server') },
  { name: 'database-missing', start: (world) => world.start(withDatabase({ database: 'nothing' })) },
  { name: 'database-refuses-connections', start: (world) => world.start(withDatabase({ host: NOBODY })) },
  {
    name: 'database-host-unknown',
    start: (world) =>
      world.start({
        ...smallest(),
        template: withVariables({ THV_REGISTRY_DATABASE_HOST: 'postgres.databases.svc.cluster.local' }),
      }),
  },
  {
    name: 'database-without-tls',
    start: async (world, t) =>
      world.start(withDatabase({ host: NOBODY, port: await withoutTls(t), sslMode: 'require' })),
  },
  {
    name: 'database-demands-tls',
    start: (world) => {
      onlyTls(world);
      return world.start(withDatabase({ sslMode: 'disable' }));
    },
  },
  {
    name: 'database-authority-unknown',
    start: (world) => world.start({ ...withDatabase({ sslMode: 'verify-ca' }), template: untrusting }),
  },
  {
    name: 'database-certificate-of-another-host',
    start: async (world) => {
      await world.database.certificate(['other']);
      return world.start({
        ...withDatabase({ sslMode: 'verify-full' }),
        template: withVariables({ PGSSLROOTCERT: '/etc/ssl/certs/ca-certificates.crt' }),
      });
    },
  },
  { name: 'database-tls-mode-unknown', start: (world) => world.start(withDatabase({ sslMode: 'prefer' })) },
  { name: 'database-host-not-a-name', start: (world) => world.start(withDatabase({ host: 'post gres' })) },
  {
    name: 'database-port-not-a-port',
    start: (world) => world.start(withDatabase({ port: 543210, host: NOBODY })),
  },
  { name: 'database-user-missing', start: (world) => world.start(withDatabase({ user: '' })) },
  {
    name: 'database-migration-unfinished',
    start: migrated('UPDATE schema_migrations SET dirty = true'),
  },
  {
    name: 'database-of-a-newer-server',
    start: migrated('UPDATE schema_migrations SET version = 999'),
  },
  { name: 'database-migrated-further', start: migrated('UPDATE schema_migrations SET version = 22') },
  {
    name: 'database-tables-of-somebody-else',
    start: after('CREATE TABLE source (id int); CREATE TABLE registry (id int)'),
  },
  { name: 'aws-region-missing', start: (world) => world.start(onAws('')) },
  { name: 'aws-credentials-missing', start: (world) => world.start(onAws('eu-west-1')) },
  {
    name: 'aws-and-password',
    start: configured((value) => {
      value.database.dynamicAuth = { awsRdsIam: { region: 'eu-west-1' } };
    }),
  },
  { name: 'pgpass-empty', start: (world) => world.start(pgpass('')) },
  {
    name: 'pgpass-missing',
    start: (world) =>
      world.start(pgpass('*:*:*:*:password\n', withVariables({ PGPASSFILE: '/home/appuser/missing' }))),
  },
  { name: 'pgpass-of-another-host', start: (world) => world.start(pgpass('other:5432:*:*:password\n')) },
  {
    name: 'issuer-over-http',
    start: configured((value) => {
      value.auth = {
        mode: 'oauth',
        oauth: {
          resourceUrl: 'https://registry.example.com',
          providers: [{ ...PROVIDER, issuerUrl: 'http://sso.example.com' }],
        },
      };
    }),
  },
  ...[
    { name: 'issuer-client-secret-missing', fields: { clientId: 'client', clientSecretFile: NOWHERE } },
    { name: 'issuer-authority-missing', fields: { caCertPath: NOWHERE } },
    { name: 'issuer-authority-not-a-certificate', fields: { caCertPath: '/config/config.yaml' } },
  ].map(
    ({ name, fields }): Ending => ({
      name,
      start: configured((value) => {
        value.auth = {
          mode: 'oauth',
          oauth: {
            resourceUrl: 'https://registry.example.com',
            providers: [{ ...PROVIDER, ...fields }],
          },
        };
      }),
    }),
  ),
  {
    name: 'auth-mode-unknown',
    start: configured((value) => {
      value.auth = { mode: 'basic' };
    }),
  },
  {
    name: 'auth-without-providers',
    start: configured((value) => {
      value.auth = { mode: 'oauth', oauth: { resourceUrl: 'https://registry.example.com', providers: [] } };
    }),
  },
  {
    name: 'git-password-missing',
    start: configured((value) => {
      value.sources[0] = {
        name: 'a',
        syncPolicy: { interval: '1h' },
        git: {
          repository: 'https://git.example.com/catalog.git',
          branch: 'main',
          auth: { username: 'user', passwordFile: NOWHERE },
        },
      };
    }),
  },
  {
    name: 'source-without-origin',
    start: configured((value) => {
      value.sources[0] = { name: 'a', syncPolicy: { interval: '1h' } };
    }),
  },
  {
    name: 'source-interval-not-a-duration',
    start: configured((value) => {
      value.sources[0].syncPolicy.interval = 'often';
    }),
  },
  {
    name: 'view-of-unknown-source',
    start: configured((value) => {
      value.registries[0].sources = ['b'];
    }),
  },
  {
    name: 'config-without-sources',
    start: configured((value) => {
      value.sources = [];
    }),
  },
  {
    name: 'config-without-database',
    start: configured((value) => {
      delete value.database;
    }),
  },
  {
    name: 'config-field-of-another-type',
    start: configured((value) => {
      value.sources = 'a';
    }),
  },
  { name: 'config-not-yaml', start: (world) => world.start(broken('sources:\n\t- name: a\n')) },
  {
    name: 'config-missing',
    start: (world) =>
      world.start({
        ...smallest(),
        template: withServer(() => ({ args: ['serve', '--config=/config/missing.yaml'] })),
      }),
  },
  {
    name: 'argument-unknown',
    start: (world) =>
      world.start({
        ...smallest(),
        template: withServer(({ args = [] }) => ({ args: [...args, '--prot=8080'] })),
      }),
  },
  {
    name: 'command-unknown',
    start: (world) =>
      world.start({
        ...smallest(),
        template: withServer(() => ({ args: ['server', '--config=/config/config.yaml'] })),
      }),
  },
  {
    name: 'variable-of-a-service',
    start: (world) =>
      world.start({
        ...smallest(),
        services: [{ name: 'thv-registry-database', ip: '10.96.9.9', ports: [{ port: 5432 }] }],
        template: (pod) => ({ ...pod, spec: { ...pod.spec, enableServiceLinks: true } }),
      }),
  },
  {
    name: 'audit-folder-missing',
    start: (world) =>
      world.start(
        changed(
          (value) => {
            value.audit.logFile = '/data/audit/audit.log';
          },
          smallest({ auditConfig: { enabled: true } }),
        ),
      ),
  },
  {
    name: 'audit-folder-read-only',
    start: (world) =>
      world.start(
        changed(
          (value) => {
            value.audit.logFile = '/config/audit.log';
          },
          smallest({ auditConfig: { enabled: true } }),
        ),
      ),
  },
  {
    name: 'collector-not-a-host',
    start: (world) =>
      world.start(
        changed(
          (value) => {
            value.telemetry.endpoint = 'http://otel-collector:4318';
          },
          smallest({
            telemetryConfig: {
              enabled: true,
              endpoint: 'otel-collector:4318',
              insecure: true,
              tracing: { enabled: true, sampling: '1' },
              metrics: { enabled: true },
            },
          }),
        ),
      ),
  },
  {
    name: 'api-port-in-use',
    start: async (world, t) => {
      await listen(t, 8080);
      return world.start(smallest());
    },
  },
];

export interface Running {
  readonly name: string;
  /** Starts a pod whose server goes on. */
  readonly start: (world: World, t: Test) => Promise<RunningPod>;
  /** What it logs instead. */
  readonly logs: RegExp;
  readonly isReady: boolean;
}

/** A registry with one source, and what else the namespace has. */
const reading = (source: object): StartOptions => ({
  spec: specOf([{ name: 'a', ...source }]),
  objects: objectsOf({}),
});

const REPOSITORY = 'https://git.example.com/catalog.git';

const withIssuer = configured((value) => {
  value.auth = {
    mode: 'oauth',
    oauth: { resourceUrl: 'https://registry.example.com', providers: [PROVIDER] },
  };
});

/** Failures with which the server goes on, so that no pod has its last words. */
export const running: readonly Running[] = [
  {
    name: 'wrong password of the application user',
    start: (world) => {
      world.database.password('db_app', 'another');
      return world.start(smallest());
    },
    logs: /password authentication failed for user/,
    isReady: false,
  },
  {
    name: 'an application user without rights',
    start: after('REVOKE toolhive_registry_server FROM db_app'),
    logs: /permission denied for/,
    isReady: true,
  },
  {
    name: 'an application user that the authority of the database is unknown to',
    start: (world) => world.start(withDatabase({ sslMode: 'verify-full' })),
    logs: /failed to verify certificate/,
    isReady: false,
  },
  {
    name: 'a host of a repository that is unknown',
    start: (world) => world.start(reading({ git: { repository: REPOSITORY, branch: 'main' } })),
    logs: /no such host/,
    isReady: true,
  },
  {
    name: 'wrong credentials of a repository',
    start: async (world) => {
      const content = { files: { 'registry.json': upstreamCatalog(['io.example/a']) } };
      const credentials = { user: 'user', password: 'another' };
      await world.serveGit('https://git.example.com', { 'catalog.git': content }, credentials);
      const auth = { username: 'user', passwordSecretRef: { name: 'registry-db', key: 'app-password' } };
      return world.start(reading({ git: { repository: REPOSITORY, branch: 'main', auth } }));
    },
    logs: /authentication required|authorization failed/,
    isReady: true,
  },
  {
    name: 'a catalogue that is not JSON',
    start: (world) => world.start({ spec: smallest().spec, objects: objectsOf({ a: 'servers: []' }) }),
    logs: /invalid character/,
    isReady: true,
  },
  {
    name: 'a file that the configuration names and that is missing',
    start: configured((value) => {
      value.sources[0].file.path = NOWHERE;
    }),
    logs: /no such file or directory|file not found/,
    isReady: true,
  },
  { name: 'an issuer that is unknown', start: withIssuer, logs: /Server listening/, isReady: true },
  {
    name: 'an issuer without discovery',
    start: async (world) => {
      await world.serve('https://sso.example.com', (_request, response) => {
        response.writeHead(404).end();
      });
      return withIssuer(world);
    },
    logs: /Server listening/,
    isReady: true,
  },
  {
    name: 'a field that it does not know',
    start: configured((value) => {
      value.sorces = [];
    }),
    logs: /Server listening/,
    isReady: true,
  },
  {
    name: 'a used port of its probes',
    start: async (world, t) => {
      await listen(t, 8081);
      return world.start(smallest());
    },
    logs: /address already in use/,
    isReady: false,
  },
  {
    name: 'a collector that is unknown',
    start: (world) =>
      world.start(
        smallest({
          telemetryConfig: {
            enabled: true,
            endpoint: 'otel-collector:4318',
            insecure: true,
            tracing: { enabled: true, sampling: '1' },
          },
        }),
      ),
    logs: /Server listening/,
    isReady: true,
  },
];
