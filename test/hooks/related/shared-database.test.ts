import { test } from 'tap';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { type Identity, identityOf } from '../../../hooks/identity.ts';
import type { JsonObject } from '../../../hooks/json.ts';
import { DATABASE_LABEL } from '../../../hooks/registry/database/database-label.ts';
import type { Warning } from '../../../hooks/registry/warning.ts';
import { sharedDatabaseWarnings } from '../../../hooks/related/shared-database.ts';
import { sync } from '../../../hooks/sync.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { growth, withSpec } from '../../support/growth.ts';
import { git } from '../../support/refusals.ts';
import { changed, context, recorded, shuffled } from '../../support/requests.ts';
import { quiet } from '../../support/warnings.ts';

const GROUP = 'MCPRegistry.toolhive.stacklok.dev/v1alpha1';

/** A registry of namespace `here`, as a request has it. */
const registryOf = (spec: unknown, metadata: object = {}) => ({
  apiVersion: 'toolhive.stacklok.dev/v1alpha1',
  kind: 'MCPRegistry',
  metadata: { name: 'own', namespace: 'here', uid: 'u1', generation: 1, ...metadata },
  spec,
});

const databaseOf = (databaseConfig?: unknown) => ({ ...quiet, databaseConfig });
const other = (spec: unknown, metadata: object = {}) =>
  registryOf(spec, { name: 'other', uid: 'u2', ...metadata });
const host = (name: string) => databaseOf({ host: name });

const shared = (names: string) => [
  {
    reason: 'SharedDatabase',
    field: 'spec.databaseConfig',
    message: `is the database of MCPRegistry ${names} as well: registries that share one delete, or serve, each other's sources and views. Give each a database of its own`,
  },
];

const cases = [
  { own: databaseOf(), others: [], expected: [], reason: 'no other registry is there' },
  {
    own: databaseOf(),
    others: [other(databaseOf())],
    expected: shared('other'),
    reason: 'both have the defaults',
  },
  {
    own: databaseOf(),
    others: [other(databaseOf({ host: 'postgres', port: 5432, database: 'registry', user: 'a' }))],
    expected: shared('other'),
    reason: 'one has the defaults, and the other names them',
  },
  ...[
    'db',
    'db.here',
    'db.here.svc',
    'db.here.svc.cluster.local',
    'db.here.svc.cluster.local.',
    'DB.Here',
  ].map((name) => ({
    own: host('db'),
    others: [other(host(name))],
    expected: shared('other'),
    reason: `one Service under two names, db and ${name}`,
  })),
  {
    own: host('db.data.svc'),
    others: [other(host('db'), { namespace: 'data' })],
    expected: shared('data/other'),
    reason: 'a registry of another namespace',
  },
  {
    own: host('db'),
    others: [other(host('db'), { namespace: 'data' })],
    expected: [],
    reason: 'Services of one name in two namespaces',
  },
  {
    own: host('pg.example.com'),
    others: [other(host('pg.example.com'), { namespace: 'data' })],
    expected: shared('data/other'),
    reason: 'a database outside of the cluster',
  },
  {
    own: { source: { type: 'git', git } },
    others: [other({ source: { configmap: { name: 'catalog' } } })],
    expected: shared('other'),
    reason: 'both have the defaults, in the form of the first releases',
  },
  { own: databaseOf({ port: 5433 }), others: [other(databaseOf())], expected: [], reason: 'another port' },
  {
    own: databaseOf({ database: 'own' }),
    others: [other(databaseOf())],
    expected: [],
    reason: 'a database of its own on the same server',
  },
  ...['localhost', '127.0.0.1', '::1', '/var/run/postgresql'].map((name) => ({
    own: host(name),
    others: [other(host(name))],
    expected: [],
    reason: `a database in each pod, ${name}`,
  })),
  {
    own: databaseOf(),
    others: [registryOf(databaseOf()), other(databaseOf(), { name: 'own', uid: undefined })],
    expected: [],
    reason: 'the registry itself',
  },
  {
    own: databaseOf(),
    others: [other(databaseOf(), { deletionTimestamp: '2026-11-24T06:00:00Z' })],
    expected: [],
    reason: 'a registry that is being deleted',
  },
  {
    own: { configYAML: 'database: {host: postgres, database: registry}' },
    others: [other(databaseOf())],
    expected: [],
    reason: 'a configuration that does not say where its database is',
  },
  {
    own: databaseOf(),
    others: [other({ configYAML: 'a: 1' }), other({ registries: [], databaseConfig: {} }), other(undefined)],
    expected: [],
    reason: 'registries without typed fields',
  },
  {
    own: databaseOf(),
    others: [
      ...[7, null, [], 'a'],
      ...[{}, { metadata: 7 }, { metadata: null, spec: [] }, { metadata: { name: {} }, spec: databaseOf() }],
      other({ registries: {}, databaseConfig: 7 }),
      ...[
        { host: 7 },
        { host: 'a'.repeat(5000) },
        { port: '5432' },
        { database: [] },
        { database: null },
      ].map((each) => other(databaseOf(each))),
    ],
    expected: [],
    reason: 'objects that hold anything',
  },
  {
    own: databaseOf(),
    others: [
      ...['e', 'b', 'd', 'a', 'c'].map((name) => other(databaseOf(), { name, uid: name })),
      other(databaseOf(), { name: 'a', uid: 'a' }),
    ],
    expected: shared('a, b, c and 2 more'),
    reason: 'several registries, in the order of their names and each once',
  },
];

/** The warnings about a spec of the registry `own` in namespace `here`. */
function warned(own: unknown, related: unknown): readonly Warning[] {
  const parent = deepFreeze(registryOf(own)) as unknown as HookRequest['parent'];
  const { children } = buildDesired(identityOf(parent), own, context.defaults);
  const label = children?.byKind.ConfigMap.metadata.labels?.[DATABASE_LABEL];
  return sharedDatabaseWarnings(parent, label, deepFreeze(structuredClone(related)));
}

for (const { own, others, expected, reason } of cases) {
  test(`${reason}: ${expected.length > 0 ? 'warned about' : 'not warned about'}`, async (t) => {
    const related = { [GROUP]: Object.fromEntries(others.map((each, index) => [`${index}`, each])) };
    t.strictSame(warned(own, related), expected);
  });
}

/** The ConfigMap of a registry with a spec, as the cluster has it. */
function configMapOf(spec: unknown, { name, namespace }: Identity, more: object = {}): JsonObject {
  const { children } = buildDesired({ name, namespace }, spec, context.defaults);
  const { metadata, ...rest } = children?.byKind.ConfigMap ?? {};
  const owner = { apiVersion: 'toolhive.stacklok.dev/v1alpha1', kind: 'MCPRegistry', name, controller: true };
  return { ...rest, metadata: { ...metadata, ownerReferences: [{ ...owner, uid: `of ${name}` }], ...more } };
}

const raw = (database: string) => ({ configYAML: `database: ${database}` });
const elsewhere = { name: 'other', namespace: 'there' };
const beside = { name: 'other', namespace: 'here' };
const inRaw = (names: string) =>
  shared(names).map((warning) => ({ ...warning, field: 'spec.configYAML: database' }));

const withConfigMaps = [
  {
    own: databaseOf(),
    found: [configMapOf(databaseOf(), beside)],
    expected: shared('other'),
    reason: 'the ConfigMap of a registry beside it has the same database',
  },
  {
    own: host('pg.example.com'),
    found: [configMapOf(host('pg.example.com'), elsewhere)],
    expected: shared('there/other'),
    reason: 'hooks of version 2 see other namespaces as well',
  },
  {
    own: host('db'),
    found: [configMapOf(host('db'), elsewhere)],
    expected: [],
    reason: 'the same word is another Service in another namespace',
  },
  {
    own: raw('{host: db, port: 5432, database: registry}'),
    found: [configMapOf(host('db'), beside)],
    expected: inRaw('other'),
    reason: 'a configuration of its own names the database of typed fields',
  },
  {
    own: raw('{host: db, port: 5432}'),
    found: [configMapOf(host('db'), beside)],
    expected: [],
    reason: 'the server has no default for what a configuration leaves out',
  },
  {
    own: databaseOf(),
    found: [configMapOf(databaseOf(), { name: 'own', namespace: 'here' })],
    expected: [],
    reason: 'its own ConfigMap',
  },
  {
    own: databaseOf(),
    found: [configMapOf(databaseOf(), beside, { deletionTimestamp: '2026-11-24T06:00:00Z' })],
    expected: [],
    reason: 'the other registry is being deleted',
  },
  {
    own: databaseOf(),
    found: [
      configMapOf(databaseOf(), beside, { ownerReferences: [] }),
      configMapOf(databaseOf(), beside, { ownerReferences: [{ kind: 'Job', name: 'x', controller: true }] }),
      configMapOf(databaseOf(), beside, { ownerReferences: 7, labels: 7 }),
    ],
    expected: [],
    reason: 'the label alone makes nothing a registry',
  },
];

for (const { own, found, expected, reason } of withConfigMaps) {
  test(reason, async (t) => {
    t.strictSame(warned(own, { 'ConfigMap.v1': Object.fromEntries(Object.entries(found)) }), expected);
  });
}

test('what is no group of registries is not read', async (t) => {
  const group = { other: other(databaseOf()) };
  const wrong = [
    undefined,
    null,
    7,
    [],
    { [GROUP]: 7 },
    { [GROUP]: [7] },
    { 'MCPRegistry.example.com/v1': group },
  ];
  for (const related of wrong) t.strictSame(warned(databaseOf(), related), []);
});

test('registries are found in both versions', async (t) => {
  const related = { 'MCPRegistry.toolhive.stacklok.dev/v1beta1': { 'here/other': other(databaseOf()) } };
  t.strictSame(warned(databaseOf(), related), shared('other'));
});

/** A request whose registry shares its database with others of its namespace. */
const crowded = (spec: unknown, count: number): HookRequest => {
  const { namespace } = recorded('create', 1).parent.metadata;
  const others = Array.from({ length: count }, (_, index) =>
    other(databaseOf(), { name: `r${index}`, namespace, uid: `${index}` }),
  );
  return {
    ...withSpec(spec),
    related: { [GROUP]: Object.fromEntries(others.map((each) => [each.metadata.name, each])) },
  };
};

test('ten times as many registries take about ten times as long', async (t) => {
  t.equal(
    growth((size) => crowded(quiet, size), 20_000),
    undefined,
  );
});

test('the status does not change with the order in which registries are listed, or when it is handed back', async (t) => {
  const request = deepFreeze(crowded(quiet, 5));
  const { status } = sync(request, context);
  t.equal(status.conditions.at(-1)?.reason, 'SharedDatabase', 'the one kind of its warnings');
  t.strictSame(sync(deepFreeze(shuffled(request)), context).status, status, 'in another order');
  const later = changed(request, (copy) => {
    copy.parent.status = JSON.parse(JSON.stringify(status));
  });
  const after = new Date(context.now.getTime() + 50_000);
  t.strictSame(sync(later, { ...context, now: after }).status, status, 'handed back');
});
