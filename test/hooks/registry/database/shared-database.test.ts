import { test } from 'tap';
import type { HookRequest } from '../../../../hooks/contract/request.ts';
import { sharedDatabaseWarnings } from '../../../../hooks/registry/database/shared-database.ts';
import { sync } from '../../../../hooks/sync.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { growth, withSpec } from '../../../support/growth.ts';
import { git } from '../../../support/refusals.ts';
import { changed, context, recorded, shuffled } from '../../../support/requests.ts';
import { quiet } from '../../../support/warnings.ts';

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
    reason: 'a configuration that is not parsed for it',
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

for (const { own, others, expected, reason } of cases) {
  test(`${reason}: ${expected.length > 0 ? 'warned about' : 'not warned about'}`, async (t) => {
    const related = { [GROUP]: Object.fromEntries(others.map((each, index) => [`${index}`, each])) };
    const parent = registryOf(own) as unknown as HookRequest['parent'];
    t.strictSame(sharedDatabaseWarnings(deepFreeze(parent), deepFreeze(structuredClone(related))), expected);
  });
}

const parent = registryOf(databaseOf()) as unknown as HookRequest['parent'];

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
  for (const related of wrong) t.strictSame(sharedDatabaseWarnings(parent, related), []);
});

test('registries are found in both versions', async (t) => {
  const related = { 'MCPRegistry.toolhive.stacklok.dev/v1beta1': { 'here/other': other(databaseOf()) } };
  t.strictSame(sharedDatabaseWarnings(parent, related), shared('other'));
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
