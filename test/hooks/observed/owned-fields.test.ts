import { test } from 'tap';
import { pickOwned } from '../../../hooks/observed/owned-fields.ts';

const cases = [
  { value: { a: 1, b: 2 }, fields: { 'f:a': {} }, owned: { a: 1 }, reason: 'a field by its name' },
  {
    value: { a: { b: { c: 1, d: 2 } } },
    fields: { 'f:a': { 'f:b': {} } },
    owned: { a: { b: { c: 1, d: 2 } } },
    reason: 'a leaf owns all below it',
  },
  {
    value: [
      { port: 1, name: 'x' },
      { port: 2, name: 'y' },
    ],
    fields: { 'k:{"port":2}': { '.': {}, 'f:port': {} } },
    owned: [{ port: 2 }],
    reason: 'an item by its key',
  },
  {
    value: [
      { containerPort: 1, protocol: 'UDP' },
      { containerPort: 1, protocol: 'TCP' },
    ],
    fields: { 'k:{"containerPort":1,"protocol":"TCP"}': { 'f:containerPort': {}, 'f:protocol': {} } },
    owned: [{ containerPort: 1, protocol: 'TCP' }],
    reason: 'an item by all of its keys',
  },
  { value: ['x', 'y'], fields: { 'v:"y"': {} }, owned: ['y'], reason: 'an item by its value' },
  { value: { a: 1 }, fields: { 'f:gone': {} }, owned: {}, reason: 'a field that is there no more' },
  { value: { a: [] }, fields: { 'f:a': { '.': {} } }, owned: { a: [] }, reason: 'a list itself' },
  { value: 7, fields: { 'f:a': {} }, owned: 7, reason: 'a scalar where fields were expected' },
  { value: [7], fields: { 'k:{"a":1}': {} }, owned: [], reason: 'a scalar where an item was expected' },
];

for (const { value, fields, owned, reason } of cases) {
  test(reason, async (t) => {
    t.strictSame(pickOwned(value, fields), owned);
  });
}
