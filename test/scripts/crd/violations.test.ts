import { test } from 'tap';
import type { StructuralSchema } from '../../../scripts/crd/structural-schema.ts';
import { violations } from '../../../scripts/crd/violations.ts';

const schema: StructuralSchema = {
  type: 'object',
  properties: {
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      required: ['mode'],
      properties: {
        mode: { type: 'string', enum: ['a', 'b'] },
        path: { type: 'string', pattern: '^/', minLength: 2, maxLength: 4 },
        port: { type: 'integer', minimum: 1, maximum: 9 },
        on: { type: 'boolean' },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        any: { 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', maxProperties: 2, additionalProperties: { type: 'string' } },
        items: {
          type: 'array',
          maxItems: 2,
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['name'],
          items: { type: 'object', properties: { name: { type: 'string' } } },
        },
      },
    },
  },
};

const cases: readonly {
  readonly reason: string;
  readonly spec: unknown;
  readonly expected: readonly string[];
}[] = [
  {
    reason: 'everything as it may be',
    spec: {
      mode: 'a',
      path: '/x',
      port: 9,
      on: false,
      free: { a: { b: 1 } },
      any: [1],
      labels: { a: 'b' },
      items: [{ name: 'a' }, { name: 'b' }],
    },
    expected: [],
  },
  { reason: 'a required field', spec: {}, expected: ['spec.mode: is required'] },
  { reason: 'an unknown field', spec: { mode: 'a', Mode: 'a' }, expected: ['spec.Mode: is unknown'] },
  {
    reason: 'a word that is none of the enum',
    spec: { mode: 'c' },
    expected: ['spec.mode: is none of a, b'],
  },
  { reason: 'another type', spec: [], expected: ['spec: is no object'] },
  { reason: 'no value', spec: { mode: null }, expected: ['spec.mode: is no string'] },
  {
    reason: 'more keys than there may be',
    spec: { mode: 'a', labels: { a: '', b: '', c: '' } },
    expected: ['spec.labels: has too many keys'],
  },
  { reason: 'a pattern', spec: { mode: 'a', path: 'x/' }, expected: ['spec.path: does not match ^/'] },
  { reason: 'too short', spec: { mode: 'a', path: '/' }, expected: ['spec.path: is too short or too long'] },
  {
    reason: 'too long',
    spec: { mode: 'a', path: '/1234' },
    expected: ['spec.path: is too short or too long'],
  },
  { reason: 'no whole number', spec: { mode: 'a', port: 1.5 }, expected: ['spec.port: is no integer'] },
  { reason: 'too small', spec: { mode: 'a', port: 0 }, expected: ['spec.port: is out of bounds'] },
  { reason: 'too big', spec: { mode: 'a', port: 10 }, expected: ['spec.port: is out of bounds'] },
  { reason: 'a string for a truth', spec: { mode: 'a', on: 'no' }, expected: ['spec.on: is no boolean'] },
  {
    reason: 'a value of a map',
    spec: { mode: 'a', labels: { x: 1 } },
    expected: ['spec.labels.x: is no string'],
  },
  {
    reason: 'an item of a list, by its index',
    spec: { mode: 'a', items: [{ name: 'a' }, { name: 1 }] },
    expected: ['spec.items[1].name: is no string'],
  },
  {
    reason: 'too many items, and two with one key',
    spec: { mode: 'a', items: [{ name: 'a' }, { name: 'b' }, { name: 'a' }] },
    expected: ['spec.items: has too few or too many items', 'spec.items: has name "a" twice'],
  },
];

test('violations are reported as the API server would', (t) => {
  for (const { reason, spec, expected } of cases) {
    t.strictSame(violations(schema, { metadata: { anything: 1 }, spec }, ''), expected, reason);
  }
  t.end();
});
