import { test } from 'tap';
import { sourceNames } from '../../../../hooks/registry/forms/source-names.ts';
import { isDnsLabel } from '../../../../hooks/text/dns-names.ts';

/** The names of the sources, in the order of the entries. */
const namesOf = (...names: readonly string[]) => [...sourceNames(names).values()];

test('a name that is a DNS label stays, and others become one', async (t) => {
  const cases = [
    { name: 'catalog', expected: 'catalog', reason: 'a label' },
    { name: 'a'.repeat(63), expected: 'a'.repeat(63), reason: 'the longest label' },
    { name: 'Big_Name', expected: 'big-name-eb65dbac', reason: 'capital letters and other characters' },
    { name: '--a--b--', expected: 'a-b-8a45dde2', reason: 'dashes at the ends' },
    { name: '目录', expected: 'source-52daa71e', reason: 'no letter that a label may have' },
    { name: 'A'.repeat(253), expected: `${'a'.repeat(54)}-a30cab87`, reason: 'the longest name of a view' },
    { name: `${'A'.repeat(53)}.B`, expected: `${'a'.repeat(53)}-ebcde528`, reason: 'cut at a dash' },
  ];
  for (const { name, expected, reason } of cases) {
    const [made = ''] = namesOf(name);
    t.equal(made, expected, reason);
    t.ok(isDnsLabel(made), `${reason}: ${made}`);
  }
});

test('no two names become the same, whatever else is in the list', async (t) => {
  const [made = ''] = namesOf('A');
  t.equal(new Set(namesOf('A', 'a', 'A.', 'a.', 'A_')).size, 5, 'names that differ in what a label has not');
  for (const names of [
    ['A', made],
    [made, 'A'],
  ]) {
    const all = sourceNames(names);
    t.equal(all.get(made), made, 'the one that is a label keeps its name');
    t.not(all.get('A'), made, 'the other gets another hash');
    t.ok(isDnsLabel(all.get('A') ?? ''));
  }
  const [second = ''] = namesOf('A', made).filter((name) => name !== made);
  t.equal(new Set(namesOf('A', made, second)).size, 3, 'also where that hash is taken');
});
