import { test } from 'tap';
import { readRawConfig } from '../../../hooks/registry/raw-config.ts';

const cases = [
  { text: 'a: {b: [1, null, true, x]}', expected: { a: { b: [1, null, true, 'x'] } }, reason: 'JSON' },
  {
    text: 'a: &a [1]\nb: *a\nc: &a 2\nd: *a',
    expected: { a: [1], b: [1], c: 2, d: 2 },
    reason: 'an alias is the last anchor before it',
  },
  { text: 'a: &a [*a, 1]', expected: { a: [undefined, 1] }, reason: 'an alias inside of its own value' },
  {
    text: 'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], c: 3}',
    expected: { x: { a: 1, b: 1 }, y: { b: 2, c: 2 }, z: { c: 3, a: 1, b: 1 } },
    reason: 'what a map has itself wins over what is merged, and what is merged first over the rest',
  },
  {
    text: 'x: {"<<": {a: 1}}',
    expected: { x: { '<<': { a: 1 } } },
    reason: 'a quoted key is no merge key',
  },
  { text: 'x: {<<: 7, a: 1}\ny: {<<: [7]}', expected: { x: { a: 1 }, y: {} }, reason: 'no map to merge' },
  {
    text: '? [a]\n: 1\n1: 2\n__proto__: {a: 1}',
    expected: JSON.parse('{"1": 2, "__proto__": {"a": 1}}'),
    reason: 'keys that are no texts',
  },
  { text: 'a: 1\n---\na: 2', expected: { a: 1 }, reason: 'the first document' },
  { text: '[1]', expected: {}, reason: 'no mapping' },
  { text: '', expected: {}, reason: 'nothing' },
  { text: 'a: [', expected: {}, reason: 'no YAML' },
];

for (const { text, expected, reason } of cases) {
  test(`${reason}: read`, async (t) => {
    t.strictSame(readRawConfig(text), expected);
  });
}
