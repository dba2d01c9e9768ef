import fc from 'fast-check';
import { test } from 'tap';
import { hasDuplicateKeys, hasMoreValues } from '../../../src/body/json-text.ts';

test('duplicate keys', async (t) => {
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

test('the output of JSON.stringify has no duplicate keys, and two joined objects have', async (t) => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (object) => {
      const text = JSON.stringify(object);
      const doubled = `${text.slice(0, -1)},${text.slice(1)}`;
      return !hasDuplicateKeys(text) && hasDuplicateKeys(doubled);
    }),
  );
  t.pass();
});

test('values are counted, but not inside strings', async (t) => {
  const cases: [string, number][] = [
    ['[1,2,3]', 4],
    ['{"a":1,"b":[2,{}]}', 5],
    ['["a,b","[{\\",{","\\\\"]', 4],
    ['[[[[', 5],
    ['[1,"no end,,,', 3],
    ['["\\', 2],
  ];
  for (const [text, values] of cases) {
    t.equal(hasMoreValues(text, values), false, text);
    t.equal(hasMoreValues(text, values - 1), true, text);
  }
});

test('no content of a string is counted', async (t) => {
  const places = (value: unknown): number => {
    if (typeof value !== 'object' || value === null) return 0;
    const inner = Object.values(value);
    return inner.length + inner.reduce((sum: number, each) => sum + places(each), 0);
  };
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify([value]);
      const values = 1 + places([value]);
      return !hasMoreValues(text, values) && hasMoreValues(text, values - 1);
    }),
  );
  t.pass();
});

// A scan of quadratic time would not finish.
test('a long text of quotes and backslashes is scanned in linear time', async (t) => {
  const text = JSON.stringify({ a: '\\"'.repeat(1_000_000), b: 'x'.repeat(4_000_000) });
  t.equal(hasDuplicateKeys(text), false);
  t.equal(hasMoreValues(text, 10), false);
});
