import { test } from 'tap';
import { fieldTree } from '../../../hooks/applied/field-tree.ts';
import { project } from '../../../hooks/applied/project.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

interface Case {
  readonly observed: unknown;
  /** A `fieldsV1`, or several. */
  readonly owned?: object | readonly object[];
  readonly shape?: unknown;
  readonly kept: unknown;
  readonly reason: string;
}

const ports = [
  { port: 1, name: 'x', protocol: 'TCP' },
  { port: 2, name: 'y', protocol: 'TCP' },
];

const env = [
  { name: 'x', value: '1' },
  { name: 'y', value: '2' },
];

const cases: readonly Case[] = [
  { observed: { a: 1, b: 2 }, owned: { 'f:a': {} }, kept: { a: 1 }, reason: 'a field that is owned' },
  { observed: { a: 1, b: 2 }, shape: { a: 7 }, kept: { a: 1 }, reason: 'the observed value of a field' },
  {
    observed: { a: { b: { c: 1, d: 2 } } },
    owned: { 'f:a': { 'f:b': {} } },
    kept: { a: { b: { c: 1, d: 2 } } },
    reason: 'all below a leaf of what is owned',
  },
  {
    observed: { a: { b: 1, c: 2, d: 3 } },
    owned: [{ 'f:a': { 'f:b': {} } }, { 'f:a': { 'f:c': {} } }],
    kept: { a: { b: 1, c: 2 } },
    reason: 'what any of several sets owns',
  },
  {
    observed: { a: { b: 1, c: 2, d: 3 } },
    owned: { 'f:a': { 'f:b': {} } },
    shape: { a: { c: 7 } },
    kept: { a: { b: 1, c: 2 } },
    reason: 'what is owned and what the shape has',
  },
  {
    observed: { ports },
    owned: { 'f:ports': { 'k:{"port":2,"protocol":"TCP"}': { '.': {}, 'f:port': {} } } },
    kept: { ports: [{ port: 2, protocol: 'TCP' }] },
    reason: 'an item with all of the keys that identify it',
  },
  {
    observed: { ports },
    owned: { 'f:ports': { 'k:{"protocol":"TCP", "port":2}': { 'f:name': {} } } },
    kept: { ports: [{ name: 'y', port: 2, protocol: 'TCP' }] },
    reason: 'an item whose keys come in another order and with spaces',
  },
  {
    observed: { ports },
    shape: { ports: [{ port: 1, name: 'other' }] },
    kept: { ports: [{ port: 1, name: 'x' }] },
    reason: 'an item by the first key that all items of both lists have',
  },
  {
    observed: { env },
    shape: { env: [{ name: 'x', value: '2' }, { name: 'gone' }] },
    kept: { env: [{ name: 'x', value: '1' }] },
    reason: 'no item that is no longer observed',
  },
  {
    observed: { env },
    owned: { 'f:env': { 'k:{"name":"y"}': { 'f:value': {} } } },
    shape: { env: [{ name: 'x' }] },
    kept: { env: [{ name: 'x' }, { name: 'y', value: '2' }] },
    reason: 'items that are owned and items that the shape has',
  },
  { observed: { env }, shape: { env: [] }, kept: { env: [] }, reason: 'no item for a list of none' },
  {
    observed: { env },
    shape: { env: [{ value: '1' }] },
    kept: { env },
    reason: 'the whole list where the shape has no key, since dynamic apply replaces it',
  },
  {
    observed: { env: [{ value: '1' }, { name: 'y' }] },
    owned: { 'f:env': { 'k:{"name":"y"}': {} } },
    kept: { env: [{ value: '1' }, { name: 'y' }] },
    reason: 'the whole list where its items have no key, since dynamic apply replaces it',
  },
  {
    observed: { subjects: env },
    shape: { subjects: [{ name: 'gone' }] },
    kept: { subjects: env },
    reason: 'a whole list that server-side apply replaces, for a shape of something else',
  },
  {
    observed: { subjects: env },
    shape: { subjects: [{ name: 'x' }] },
    kept: { subjects: [{ name: 'x' }] },
    reason: 'the items of such a list that the shape has, if it is the shape of that list',
  },
  {
    observed: { subjects: env },
    shape: { subjects: [] },
    kept: { subjects: env },
    reason: 'a whole list that server-side apply replaces, for a shape of none',
  },
  {
    observed: { selector: { a: '1', b: '2' } },
    shape: { selector: { c: '1' } },
    kept: { selector: { a: '1', b: '2' } },
    reason: 'a whole object that server-side apply replaces, for a shape of something else',
  },
  {
    observed: { nodeSelector: { a: '1', b: '2' } },
    shape: { nodeSelector: { a: '1' } },
    kept: { nodeSelector: { a: '1' } },
    reason: 'the keys of such an object that the shape has, if it is the shape of that object',
  },
  {
    observed: { a: ['x', 'y'] },
    owned: { 'f:a': { 'v:"y"': {} } },
    kept: { a: ['x', 'y'] },
    reason: 'all scalars',
  },
  {
    observed: { a: ['x', 'y'] },
    shape: { a: ['z'] },
    kept: { a: ['x', 'y'] },
    reason: 'all scalars of any list',
  },
  { observed: { a: 1 }, owned: { 'f:gone': {} }, kept: {}, reason: 'no field that no longer exists' },
  { observed: { a: null }, shape: { a: [{}] }, kept: {}, reason: 'no field that holds null' },
  {
    observed: { a: [] },
    owned: { 'f:a': { '.': {} } },
    kept: { a: [] },
    reason: 'a list that is owned itself',
  },
  {
    observed: { a: 7 },
    shape: { a: { b: 1 } },
    kept: { a: 7 },
    reason: 'a scalar where an object was applied',
  },
  {
    observed: { a: { b: 1 } },
    shape: { a: [1] },
    kept: { a: { b: 1 } },
    reason: 'all of a value of another type',
  },
  {
    observed: { a: { b: 1 } },
    shape: { a: null },
    kept: { a: { b: 1 } },
    reason: 'all of a value for a null',
  },
  {
    observed: { a: { b: 1 } },
    owned: { 'f:a': 7 },
    kept: { a: { b: 1 } },
    reason: 'all of a value for a set of another type',
  },
  {
    observed: { env },
    owned: { 'f:env': { 'k:not json': {} } },
    kept: { env },
    reason: 'a whole list for a key that no API server writes',
  },
  {
    observed: { env },
    owned: { 'f:env': Object.fromEntries([...'abcdef'].map((key) => [`k:{"${key}":1}`, {}])) },
    kept: { env },
    reason: 'a whole list for more sets of keys than a list has',
  },
];

for (const { observed, owned, shape, kept, reason } of cases) {
  test(`it keeps ${reason}`, async (t) => {
    const sets = owned === undefined ? undefined : fieldTree([owned].flat());
    t.strictSame(project(deepFreeze(structuredClone(observed)), { owned: sets, shape }), kept);
  });
}

test('a value nested too deeply is kept down to the depth limit', async (t) => {
  const nested = (levels: number, wrap: (inner: unknown) => unknown) => {
    let value: unknown = {};
    for (let level = 0; level < levels; level += 1) value = wrap(value);
    return value;
  };
  for (const wrap of [
    (a: unknown) => ({ a }),
    (a: unknown) => [a],
    (name: unknown) => ({ env: [{ name }] }),
  ]) {
    const observed = nested(100_000, wrap);
    t.ok(JSON.stringify(project(observed, { shape: observed })).length < 2000);
    t.ok(JSON.stringify(project(observed, { owned: 'all' })).length < 2000);
  }
  const sets = nested(100_000, (inner) => ({ 'f:a': inner })) as object;
  t.strictSame(project({ a: { a: 1 } }, { owned: fieldTree([sets]) }), { a: { a: 1 } });
});
