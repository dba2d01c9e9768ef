import { test } from 'tap';
import { expandNamespaces } from '../../../../hooks/registry/source/namespaces.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals } from '../../../support/refusals.ts';

const source = (name: string, ...namespaces: string[]) => ({ name, kubernetes: { namespaces } });
const specOf = (...sources: { readonly name: string }[]) => ({
  sources,
  registries: [{ name: 'all', sources: sources.slice(0, 1).map(({ name }) => name) }],
});
const many = (count: number) => Array.from({ length: count }, (_, index) => `n${index}`);

testRefusals([
  {
    spec: specOf(source('a', 'x', 'y', 'x', 'x')),
    expected: [2, 3]
      .map(
        (index) =>
          `spec.sources[0].kubernetes.namespaces[${index}]: names "x" a second time, which the server refuses: remove it`,
      )
      .join('; '),
    reason: 'a namespace twice',
  },
  {
    spec: specOf(source('a', 'x', 'y'), source('a-y')),
    expected:
      'spec.sources[0].kubernetes.namespaces[1]: becomes the source "a-y", whose name spec.sources[1] has: rename one of the two sources',
    reason: 'the name of another source',
  },
  {
    spec: specOf(source('a-b', 'c', 'd'), source('a', 'b-d', 'x')),
    expected:
      'spec.sources[1].kubernetes.namespaces[0]: becomes the source "a-b-d", whose name spec.sources[0].kubernetes.namespaces[1] has: rename one of the two sources',
    reason: 'the name of a source for another namespace',
  },
  {
    spec: specOf(source('a'.repeat(40), 'b'.repeat(22), 'c'.repeat(23))),
    expected: `spec.sources[0].kubernetes.namespaces[1]: becomes the source "${'a'.repeat(40)}-${'c'.repeat(15)}…", whose name may have at most 63 characters, found 64: shorten the name of the source`,
    reason: 'a name that the server refuses',
  },
  {
    spec: specOf(source('a', ...many(60)), source('b', ...many(41))),
    expected:
      'spec.sources: may name at most 100 namespaces together, found 101: remove some, or make a second registry',
    reason: 'more namespaces than one server should watch',
  },
  {
    spec: specOf(source('a', ...many(101))),
    expected: 'spec.sources[0].kubernetes.namespaces: may have at most 100 items, found 101: remove some',
    reason: 'more namespaces than one server should watch, in one source',
  },
]);

test('a source for each of several namespaces, in its place', async (t) => {
  const claims = { team: 'x' };
  const sources = deepFreeze([
    { ...source('one', 'x'), claims },
    { ...source('two', 'y', 'x'), claims, format: 'upstream' as const },
    source('own'),
    { name: 'none', kubernetes: {} },
  ]);
  const { sources: written, namesOf } = expandNamespaces(sources);
  t.strictSame(written, [
    { ...source('one', 'x'), claims },
    { ...source('two-y', 'y'), claims, format: 'upstream' },
    { ...source('two-x', 'x'), claims, format: 'upstream' },
    source('own'),
    { name: 'none', kubernetes: {} },
  ]);
  t.strictSame(namesOf(['none', 'two', 'one']), ['none', 'two-y', 'two-x', 'one']);
});

test('names that just fit are accepted, and so are as many namespaces as there may be', async (t) => {
  t.ok(readSpec(specOf(source('a'.repeat(40), 'b'.repeat(22), 'c'))).registry);
  t.ok(readSpec(specOf(source('a'), source('b', ...many(60)), source('c', ...many(40)))).registry);
  t.ok(readSpec(specOf(source('a', 'y'), source('a-y'))).registry, 'one namespace takes no name');
});
