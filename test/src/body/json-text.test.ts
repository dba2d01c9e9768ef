import fc from 'fast-check';
import { test } from 'tap';
import { hasDuplicateKeys, holdsMoreValues } from '../../../src/body/json-text.ts';

test('keys that an object holds twice', async (t) => {
  const cases: [string, boolean][] = [
    ['{"a":1,"a":2}', true],
    ['{"a":1,"b":{"c":1,"d":2,"c":3}}', true],
    ['[{"a":1},{"b":[{"x":1 , "x" :2}]}]', true],
    ['{"a":1,"\\u0061":2}', true],
    ['{"a\\"":1,"a\\"":2}', true],
    ['{"a":{},"b":[],"a":3}', true],
    ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', false],
    ['{"a":"a","b":"\\"a\\":"}', false],
    ['{"a":"{\\"x\\":1,\\"x\\":2}","b":"\\\\"}', false],
    ['["a","a"]', false],
    ['"a"', false],
    ['1', false],
  ];
  for (const [text, twice] of cases) t.equal(hasDuplicateKeys(text), twice, text);
});

test('what is written by JSON.stringify holds no key twice, and two such objects run together do', async (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const text = JSON.stringify(object);
      const doubled = `${text.slice(0, -1)},${text.slice(1)}`;
      return !hasDuplicateKeys(text) && hasDuplicateKeys(doubled);
    }),
  );
  t.pass();
});

test('the values of a text are counted without those in its strings', async (t) => {
  const cases: [string, number][] = [
    ['[1,2,3]', 4],
    ['{"a":1,"b":[2,{}]}', 5],
    ['["a,b","[{\\",{","\\\\"]', 4],
    ['[[[[', 5],
    ['[1,"no end,,,', 3],
    ['["\\', 2],
  ];
  for (const [text, values] of cases) {
    t.equal(holdsMoreValues(text, values), false, text);
    t.equal(holdsMoreValues(text, values - 1), true, text);
  }
});

test('whatever the strings hold, no other brackets and commas are counted', async (t) => {
  const places = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const inner = Object.values(value);
    return inner.length + inner.reduce((sum: number, each) => sum + places(each), 0);
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify([value]);
      const values = 1 + places([value]);
      return !holdsMoreValues(text, values) && holdsMoreValues(text, values - 1);
    }),
  );
  t.pass();
});

// One that took the square of the length would not end.
test('a long text of quotes and backslashes is read once', async (t) => {
  const text = JSON.stringify({ a: '\\"'.repeat(1_000_000), b: 'x'.repeat(4_000_000) });
  t.equal(hasDuplicateKeys(text), false);
  t.equal(holdsMoreValues(text, 10), false);
});
