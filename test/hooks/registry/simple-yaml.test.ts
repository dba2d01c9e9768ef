import fc from 'fast-check';
import { test } from 'tap';
import { writeYaml } from '../../../hooks/registry/server-config.ts';
import { writeSimpleYaml } from '../../../hooks/registry/simple-yaml.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 2000);

/** Characters that mean something to YAML in some place, beside some that never do. */
const tricky = fc.string({
  unit: fc.constantFrom(...' \t\n:#-?&*!|>%@`"\'[]{},.~=<+_/\\019aeExyzZ\u0000\u0085\u00a0é\u2028😀\ufeff'),
  maxLength: 8,
});
/** What a reader may take for something else than a text. */
const words = fc.constantFrom(
  ...[
    'true',
    'Yes',
    'no',
    'ON',
    'null',
    '~',
    '<<',
    '=',
    '.inf',
    '-.INF',
    '.nan',
    '0x1F',
    '0o17',
    '1e3',
    '1_000',
  ],
  ...[
    '2024-01-01',
    '12:30',
    '1.0',
    '-1',
    '+.5',
    '---',
    '...',
    '--- a',
    '%a',
    '- a',
    '? a',
    'a:',
    'a: b',
    'a #b',
  ],
  ...['a:b', 'a#b', 'a  b', 'a ', 'https://a.example/b?c=d#e', 'io.example/*', '30m', '@a', '', ' '],
);
const text = fc.oneof(tricky, words, fc.string(), fc.string({ unit: 'binary' }));
const scalar = fc.oneof(text, fc.boolean(), fc.integer(), fc.double(), fc.constant(null));
const { config } = fc.letrec((tie) => ({
  config: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.constant(undefined),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    fc.array(
      tie('value').map((item) => item ?? 'a'),
      { maxLength: 4 },
    ),
  ),
}));

test('what is written in the simple way is what the yaml package writes', async (t) => {
  let simple = 0;
  fc.assert(
    fc.property(config, (value) => {
      const written = writeSimpleYaml(value);
      if (written === undefined) return;
      simple += 1;
      const expected = writeYaml(value);
      if (written !== expected) throw new Error(`${written}\n${expected}`);
    }),
    { numRuns },
  );
  t.ok(simple > numRuns / 20, `${simple} of ${numRuns} configurations are simple`);
});

test('each text by itself is written as the yaml package writes it, as a value and as a key', async (t) => {
  let simple = 0;
  const property = (value: string) => {
    for (const each of [{ a: value }, { a: [value] }, { [value]: 'a' }, { a: [[{ [value]: value }]] }]) {
      const written = writeSimpleYaml(each);
      if (written === undefined) continue;
      simple += 1;
      const expected = writeYaml(each);
      if (written !== expected) throw new Error(`${written}\n${expected}`);
    }
  };
  fc.assert(fc.property(text, property), { numRuns });
  t.ok(simple > numRuns, `${simple} of ${4 * numRuns} are simple`);
});

test('what is simple', async (t) => {
  const cases = [
    { value: {}, reason: 'nothing' },
    { value: { a: { b: undefined }, c: [], d: [{}], e: [[]], f: undefined }, reason: 'empty parts' },
    { value: { a: [[1, 2], [{ b: true, c: ['d'] }]] }, reason: 'lists in lists' },
    { value: { a: 0.1, b: 1e21, c: 1e-7, d: -5 }, reason: 'numbers' },
    { value: { a: '1.0', '2024-01-01': 'yes', no: 'on' }, reason: 'texts that have to be quoted' },
    { value: { a: 'https://a.example:8080/b?c=d#e', b: 'io.example/*', c: 'a b' }, reason: 'usual texts' },
    { value: { a: 'x'.repeat(500_000) }, reason: 'a very long text' },
    { value: { ['x'.repeat(1000)]: 'a' }, reason: 'the longest key' },
    { value: JSON.parse('{"__proto__": "a", "constructor": "b"}'), reason: 'keys that JavaScript has' },
  ];
  for (const { value, reason } of cases) t.equal(writeSimpleYaml(value), writeYaml(value), reason);
});

test('what is not simple', async (t) => {
  const cases = [
    { value: { a: 'b\nc' }, reason: 'a text of several lines' },
    { value: { a: 'é' }, reason: 'a text that is not ASCII' },
    { value: { a: '' }, reason: 'an empty text' },
    { value: { a: 'b: c' }, reason: 'a text that looks like a mapping' },
    { value: { a: 'b #c' }, reason: 'a text that looks like a comment' },
    { value: { a: null }, reason: 'null' },
    { value: { a: -0, b: Number.NaN }, reason: 'numbers that JSON does not have' },
    { value: { ['x'.repeat(1025)]: 'a' }, reason: 'a key that is too long for a line' },
    { value: { '*': 'a' }, reason: 'a key that begins with an indicator' },
  ];
  for (const { value, reason } of cases) t.equal(writeSimpleYaml(value), undefined, reason);
});
