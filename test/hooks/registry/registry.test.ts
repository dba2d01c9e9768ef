import { test } from 'tap';
import { formatProblems } from '../../../hooks/problem.ts';
import { readSpec } from '../../support/read-spec.ts';
import { sourceOf, testRefusals } from '../../support/refusals.ts';

testRefusals([
  { spec: undefined, expected: 'spec: is required: set it to an object', reason: 'no spec' },
  { spec: null, expected: 'spec: must be an object, found null', reason: 'null' },
  { spec: 'text', expected: 'spec: must be an object, found "text"', reason: 'a string' },
  { spec: [], expected: 'spec: must be an object, found a list', reason: 'a list' },
  { spec: { configYAML: 7 }, expected: 'spec.configYAML: must be a string, found 7', reason: 'another type' },
  {
    spec: { configYAML: 'a: 1', volumes: 'none' },
    expected: 'spec.volumes: must be a list, found "none"',
    reason: 'no list of volumes',
  },
  {
    spec: { sources: [{ name: 'a', git: 7, format: 7 }], registries: 7, enforceServers: 'no' },
    expected:
      'spec.enforceServers: must be true or false, found "no"; spec.sources[0].format: must be one of toolhive, upstream, found 7; spec.sources[0].git: must be an object, found 7; spec.registries: must be a list, found 7',
    reason: 'all that is wrong is reported at once',
  },
  {
    spec: { configYAML: 'a'.repeat(262_145) },
    expected: 'spec.configYAML: may have at most 262144 characters, found 262145: shorten it',
    reason: 'a configuration that is too long, which is not parsed',
  },
  {
    spec: { configYAML: 'a: 1', unknown: ['a'.repeat(300_000), { ['b'.repeat(300_000)]: 1 }] },
    expected: 'spec: has more than 524288 characters of text: remove what is not needed',
    reason: 'more text than any registry has, in values and keys together',
  },
]);

test('a spec that is nested too deeply is refused, and what it holds is not looked at', async (t) => {
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  const problemsAt = (depth: number) =>
    formatProblems(readSpec({ configYAML: 'a: 1', unknown: nested(depth) }).problems ?? []);
  t.equal(problemsAt(99), '', 'a hundred levels');
  for (const depth of [100, 20_000]) {
    t.equal(
      problemsAt(depth),
      'spec: has more than 100 levels: remove what is not needed',
      `${depth + 1} levels`,
    );
  }
});

test('a spec that holds more than any registry is refused before it takes time', async (t) => {
  const many = Array.from({ length: 20_000 }, () => ({}));
  t.equal(
    formatProblems(readSpec({ configYAML: 'a: 1', volumes: many }).problems ?? []),
    'spec: has more than 10000 values: remove what is not needed',
  );
});

test('a message stays short enough for a condition, whatever the names of fields', async (t) => {
  const { problems = [] } = readSpec({
    configYAML: 'a: 1',
    podTemplateSpec: { ['x'.repeat(40_000)]: 1 },
  });
  t.ok(formatProblems(problems).length < 1300);
});

test('ten problems are shown, the rest is counted', async (t) => {
  const problems = Array.from({ length: 12 }, (_, index) => ({
    field: `spec.f${index}`,
    message: 'is wrong',
  }));
  t.match(formatProblems(problems), /^spec\.f0: is wrong; .*spec\.f9: is wrong; and 2 more$/);
});

test('a value that is long is cut short in a message', async (t) => {
  const { problems = [] } = readSpec({ configYAML: ['x'.repeat(1000)] });
  t.equal(formatProblems(problems), 'spec.configYAML: must be a string, found a list');
  const long = readSpec(sourceOf({ format: 'x'.repeat(1000) })).problems ?? [];
  t.ok(formatProblems(long).length < 200);
});
