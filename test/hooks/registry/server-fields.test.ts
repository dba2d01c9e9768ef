/**
 * What the configuration of the registry server can say, and how the typed fields say it. The fixture has the facts: the
 * fields that the loader of one release has, by the file that declares them, and those that its documents and examples use.
 */
import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { parse } from 'yaml';
import { buildDesired } from '../../../hooks/desired.ts';
import { isObject } from '../../../hooks/json.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { goldenCases, outputOf } from '../../support/golden-cases.ts';
import { oauth, typed } from '../../support/refusals.ts';
import { context } from '../../support/requests.ts';

const facts = JSON.parse(
  readFileSync(new URL('../../fixtures/registry-server/v1.5.1.json', import.meta.url), 'utf8'),
) as {
  readonly server: string;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly uses: Readonly<Record<string, readonly string[]>>;
};
const fields = Object.values(facts.fields).flat();

const source = (kind: object) => ({ sources: [{ name: 'a', ...kind }] });
const git = (change: object) => source({ git: { repository: 'https://git.example.com/a.git', ...change } });
const repository = { auth: { username: 'git', passwordSecretRef: { name: 'git', key: 'token' } } };
const file = { configMapRef: { name: 'catalog', key: 'registry.json' } };
const filter = (change: object) => source({ ...file, filter: change });
const api = { endpoint: 'https://registry.modelcontextprotocol.io' };
const url = { endpoint: 'https://example.com/registry.json' };
const database = (databaseConfig: object) => ({ databaseConfig });
const provider = (change: object) => oauth(change);
const authOf = (change: object) => ({ authConfig: { ...oauth({}).authConfig, ...change } });
const settings = (change: object) => ({
  authConfig: { ...oauth({}).authConfig, oauth: { ...oauth({}).authConfig.oauth, ...change } },
});
const role = (name: string) => authOf({ authz: { roles: { [name]: [{ group: 'admins' }] } } });
const telemetry = (change: object) => ({ telemetryConfig: { enabled: true, ...change } });
const audit = (change: object) => ({ auditConfig: { enabled: true, ...change } });
const key = { name: 'object', key: 'key' };

/** For each field of the server, a part of a spec that sets it. */
const typedFields: Readonly<Record<string, object>> = {
  'sources[].name': source(file),
  'sources[].git.repository': git({}),
  'sources[].git.branch': git({ branch: 'main' }),
  'sources[].git.tag': git({ tag: 'v1' }),
  'sources[].git.commit': git({ commit: '0'.repeat(40) }),
  'sources[].git.path': git({ path: 'registry.json' }),
  'sources[].git.auth.username': git(repository),
  'sources[].git.auth.passwordFile': git(repository),
  'sources[].api.endpoint': source({ api }),
  'sources[].api.timeout': source({ api: { ...api, timeout: '1m' } }),
  'sources[].file.path': source(file),
  'sources[].file.url': source({ url }),
  'sources[].file.timeout': source({ url: { ...url, timeout: '1m' } }),
  'sources[].managed': source({ managed: {} }),
  'sources[].kubernetes.namespaces[]': source({ kubernetes: { namespaces: ['team-a'] } }),
  'sources[].syncPolicy.interval': source({ ...file, syncPolicy: { interval: '1h' } }),
  'sources[].filter.names.include[]': filter({ names: { include: ['io.example/*'] } }),
  'sources[].filter.names.exclude[]': filter({ names: { exclude: ['io.example/*'] } }),
  'sources[].filter.tags.include[]': filter({ tags: { include: ['production'] } }),
  'sources[].filter.tags.exclude[]': filter({ tags: { exclude: ['production'] } }),
  'sources[].claims': source({ ...file, claims: { team: 'a' } }),
  'registries[].name': {},
  'registries[].claims': { registries: [{ name: 'all', sources: ['a'], claims: { team: 'a' } }] },
  'registries[].sources[]': {},
  'database.host': database({ host: 'db' }),
  'database.port': database({ port: 5433 }),
  'database.user': database({ user: 'app' }),
  'database.migrationUser': database({ migrationUser: 'migrator' }),
  'database.dynamicAuth.awsRdsIam.region': database({ dynamicAuth: { awsRdsIam: { region: 'detect' } } }),
  'database.database': database({ database: 'catalog' }),
  'database.sslMode': database({ sslMode: 'verify-ca' }),
  'database.maxOpenConns': database({ maxOpenConns: 5 }),
  'database.maxIdleConns': database({ maxIdleConns: 1 }),
  'database.connMaxLifetime': database({ connMaxLifetime: '1h' }),
  'database.maxMetaSize': database({ maxMetaSize: 1024 }),
  'auth.mode': authOf({}),
  'auth.publicPaths[]': authOf({ publicPaths: ['/registry/all'] }),
  'auth.oauth.resourceUrl': settings({ resourceUrl: 'https://registry.example.com' }),
  'auth.oauth.realm': settings({ realm: 'example' }),
  'auth.oauth.providers[].name': provider({}),
  'auth.oauth.providers[].issuerUrl': provider({}),
  'auth.oauth.providers[].jwksUrl': provider({ jwksUrl: 'https://i/keys' }),
  'auth.oauth.providers[].audience': provider({}),
  'auth.oauth.providers[].clientId': provider({ clientId: 'registry' }),
  'auth.oauth.providers[].clientSecretFile': provider({ clientSecretRef: key }),
  'auth.oauth.providers[].caCertPath': provider({ caCertRef: key }),
  'auth.oauth.providers[].authTokenFile': provider({ authTokenRef: key }),
  'auth.oauth.providers[].introspectionUrl': provider({ introspectionUrl: 'https://i/introspect' }),
  'auth.oauth.providers[].allowPrivateIP': provider({ allowPrivateIP: true }),
  'auth.authz.roles.superAdmin[]': role('superAdmin'),
  'auth.authz.roles.manageSources[]': role('manageSources'),
  'auth.authz.roles.manageRegistries[]': role('manageRegistries'),
  'auth.authz.roles.manageEntries[]': role('manageEntries'),
  'audit.enabled': audit({}),
  'audit.logFile': audit({ logFile: '/data/audit.log' }),
  'audit.eventTypes[]': audit({ eventTypes: ['entry.publish'] }),
  'audit.excludeEventTypes[]': audit({ excludeEventTypes: ['source.list'] }),
  'audit.includeRequestData': audit({ includeRequestData: true }),
  'audit.maxDataSize': audit({ maxDataSize: 10 }),
  'telemetry.enabled': telemetry({}),
  'telemetry.serviceName': telemetry({ serviceName: 'registry' }),
  'telemetry.serviceVersion': telemetry({ serviceVersion: '1' }),
  'telemetry.endpoint': telemetry({ endpoint: 'collector:4318' }),
  'telemetry.insecure': telemetry({ insecure: true }),
  'telemetry.tracing.enabled': telemetry({ tracing: { enabled: true } }),
  'telemetry.tracing.sampling': telemetry({ tracing: { enabled: true, sampling: '0.5' } }),
  'telemetry.metrics.enabled': telemetry({ metrics: { enabled: true } }),
};

/** The fields of the server that are never written, each with the reason. */
const neverWritten: Readonly<Record<string, string>> = {
  'sources[].file.data':
    'the loader refuses a file without path and url (validateFileConfig): inline is written as a file',
  'database.password': 'it would be in a ConfigMap: dbAppUserPasswordSecretRef becomes a variable',
  'database.migrationPassword':
    'it would be in a ConfigMap: dbMigrationUserPasswordSecretRef becomes a variable',
};

/** Fields that are written although the loader does not have them. */
const writtenForOthers: Readonly<Record<string, string>> = {
  'sources[].format': 'servers before v1.2.0 read it',
  'auth.oauth.scopesSupported[]': 'servers before v1.4.4 read it',
};

/** Fields of documents and examples that the loader does not have. */
const readByNothing = (field: string): boolean =>
  // The format of version 1, in which a registry held its source.
  /^registries\[\]\.(git|api|file|managed|filter|syncPolicy)\b/.test(field) || field === 'registryName';

/** The paths of what is in a configuration; claims have names of the user's. */
function* pathsOf(value: unknown, at = ''): Generator<string> {
  const inner = Array.isArray(value) ? value.map((item) => ['[]', item] as const) : undefined;
  const named = isObject(value) ? Object.entries(value) : undefined;
  if (/claims$|roles\.\w+\[\]$/.test(at)) yield at;
  else if (inner?.length) for (const [name, item] of inner) yield* pathsOf(item, at + name);
  else if (named?.length)
    for (const [name, item] of named) yield* pathsOf(item, at === '' ? name : `${at}.${name}`);
  else yield at;
}

function writtenFor(spec: object): ReadonlySet<string> {
  const desired = buildDesired({ name: 'a', namespace: 'n' }, deepFreeze(spec), context.defaults);
  return new Set(pathsOf(parse(outputOf(desired).config)));
}

test(`each field of ${facts.server} has a typed field, or a reason to have none`, async (t) => {
  t.strictSame(Object.keys({ ...typedFields, ...neverWritten }).sort(), [...fields].sort());
  for (const [field, part] of Object.entries(typedFields)) {
    t.ok(writtenFor({ ...typed, ...part }).has(field), field);
  }
});

test('what is written is known to the server, or to another release of it', async (t) => {
  const known = new Set([...Object.keys(typedFields), ...Object.keys(writtenForOthers)]);
  const written = new Set(goldenCases.flatMap(({ registry }) => [...writtenIn(registry.spec)]));
  t.strictSame([...written].filter((field) => !known.has(field) && !isEmpty(field)).sort(), []);
  t.strictSame([...known].filter((field) => !written.has(field)).sort(), [], 'all of it is in a golden case');
});

/** What the typed fields of a golden case become. */
const writtenIn = (spec: Readonly<Record<string, unknown>>): ReadonlySet<string> =>
  spec['configYAML'] ? new Set() : writtenFor(spec);

/** An object or a list without anything in it. */
const isEmpty = (field: string): boolean =>
  fields.some((one) => one.startsWith(`${field}.`) || one === `${field}[]`);

test('the documents and examples of the server use no field beside those', async (t) => {
  const known = new Set(fields);
  for (const [document, used] of Object.entries(facts.uses)) {
    t.strictSame(
      used.filter((field) => !known.has(field) && !readByNothing(field)),
      [],
      document,
    );
  }
});
