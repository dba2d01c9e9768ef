import { test } from 'tap';
import { parse } from 'yaml';
import { readSpec } from '../../../support/read-spec.ts';
import { git, source, typed } from '../../../support/refusals.ts';
import { testWarnings } from '../../../support/warnings.ts';

interface Named {
  readonly name: string;
  readonly sources?: readonly string[];
}

/** The sources of a configuration and the views with theirs. */
function served(spec: unknown) {
  const { registry, problems } = readSpec(spec);
  if (!registry) throw new Error(JSON.stringify(problems));
  const { sources, registries } = parse(registry.config) as Record<
    'sources' | 'registries',
    readonly Named[]
  >;
  return {
    sources: sources.map(({ name }) => name),
    views: registries.map(({ name, sources = [] }) => [name, ...sources]),
  };
}

test('a source that discovers MCP servers comes before entries that hold their sources', async (t) => {
  const cases = [
    {
      spec: { registries: [source] },
      expected: {
        sources: ['default', 'a'],
        views: [
          ['default', 'default'],
          ['a', 'a'],
        ],
      },
      reason: 'as the operators of that time wrote it',
    },
    {
      spec: { registries: [source], defaultSource: true },
      expected: {
        sources: ['default', 'a'],
        views: [
          ['default', 'default'],
          ['a', 'a'],
        ],
      },
      reason: 'the default in words',
    },
    {
      spec: { registries: [source], defaultSource: false },
      expected: { sources: ['a'], views: [['a', 'a']] },
      reason: 'turned off',
    },
    {
      spec: { registries: [source, { ...source, name: 'default' }] },
      expected: {
        sources: ['a', 'default'],
        views: [
          ['a', 'a'],
          ['default', 'default'],
        ],
      },
      reason: 'an entry has the name',
    },
    {
      spec: { ...typed, defaultSource: true },
      expected: { sources: ['a'], views: [['all', 'a']] },
      reason: 'a list of sources is whole',
    },
    {
      spec: { source: { type: 'git', git }, defaultSource: true },
      expected: { sources: ['catalog'], views: [['catalog', 'catalog']] },
      reason: 'the releases of the one source had no other',
    },
  ];
  for (const { spec, expected, reason } of cases) t.strictSame(served(spec), expected, reason);
});

test('it is a source of the namespace in the upstream format', async (t) => {
  const config = parse(readSpec({ registries: [source] }).registry?.config ?? '') as { sources: unknown[] };
  t.strictSame(config.sources[0], { name: 'default', format: 'upstream', kubernetes: {} });
});

test('more entries than sources are taken, up to a hundred', async (t) => {
  const entries = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ ...source, name: `E${index}` }));
  const { sources, views } = served({ registries: entries(100) });
  t.equal(new Set(sources).size, 101);
  t.equal(views.length, 101);
  t.strictSame(readSpec({ registries: entries(101) }).problems, [
    { field: 'spec.registries', message: 'may have at most 100 items, found 101: remove some' },
  ]);
});

const anonymous =
  'AnonymousWrites: spec.authConfig.mode: is anonymous (the default): whoever reaches the Service may also publish entries and add sources and views. Set oauth, or limit who reaches it with a NetworkPolicy';
const noEffect =
  'FieldIgnored: spec.defaultSource: has an effect only where the entries of registries hold their sources: list the sources that are wanted, and remove it';

testWarnings([
  {
    spec: { registries: [source], defaultSource: true },
    expected: [anonymous],
    reason: 'the default in words',
  },
  {
    spec: { registries: [source], defaultSource: false },
    expected: [anonymous],
    reason: 'the default turned off',
  },
  {
    spec: { registries: [{ ...source, name: 'default' }] },
    expected: [anonymous],
    reason: 'an entry with the name of the default',
  },
  {
    spec: { registries: [{ ...source, name: 'default' }], defaultSource: false },
    expected: [anonymous],
    reason: 'a default that is not wanted where an entry has the name',
  },
  {
    spec: { registries: [{ ...source, name: 'default' }], defaultSource: true },
    expected: [
      'FieldIgnored: spec.defaultSource: adds nothing, because an entry of registries is named default: remove it, or rename the entry',
      anonymous,
    ],
    reason: 'a default that is wanted where an entry has the name',
  },
  ...[true, false].flatMap((defaultSource) => [
    {
      spec: { ...typed, defaultSource },
      expected: [noEffect, anonymous],
      reason: `${defaultSource} beside sources`,
    },
    {
      spec: { source: { type: 'git', git, format: 'upstream' }, defaultSource },
      expected: [noEffect, anonymous],
      reason: `${defaultSource} beside the one source`,
    },
    {
      spec: { configYAML: 'auth: {mode: oauth, authz: {roles: {superAdmin: []}}}', defaultSource },
      expected: [noEffect],
      reason: `${defaultSource} beside a whole configuration`,
    },
  ]),
]);
