import { type TSchema, Type } from '@sinclair/typebox';
import { test } from 'tap';
import { structuralSchema } from '../../../scripts/crd/structural-schema.ts';

interface Translation {
  readonly reason: string;
  readonly schema: TSchema;
  readonly expected: Record<string, unknown>;
}

const word = (...words: string[]) => Type.Union(words.map((each) => Type.Literal(each)));

const translations: readonly Translation[] = [
  {
    reason: 'a scalar keeps its bounds and its description',
    schema: Type.Integer({ description: 'A port.', minimum: 1, maximum: 65_535 }),
    expected: { description: 'A port.', type: 'integer', minimum: 1, maximum: 65_535 },
  },
  {
    reason: 'a default is described, not stored: what is stored stays when a later release has a better one',
    schema: Type.Integer({ description: 'A port.', default: 80 }),
    expected: { description: 'A port. Default: 80.', type: 'integer' },
  },
  {
    reason: 'a default that is false is described as well, and without a description',
    schema: Type.Boolean({ default: false }),
    expected: { description: 'Default: false.', type: 'boolean' },
  },
  {
    reason: 'rules in CEL stay as they are',
    schema: Type.String({ 'x-kubernetes-validations': [{ rule: "self != ''", message: 'is empty' }] }),
    expected: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: "self != ''", message: 'is empty' }],
    },
  },
  {
    reason: 'what a message says of a value is for the hook',
    schema: Type.String({ pattern: '^/', maxLength: 9, expects: 'a path' }),
    expected: { type: 'string', pattern: '^/', maxLength: 9 },
  },
  {
    reason: 'numbers and truths',
    schema: Type.Number({ minimum: 0 }),
    expected: { type: 'number', minimum: 0 },
  },
  { reason: 'numbers and truths', schema: Type.Boolean(), expected: { type: 'boolean' } },
  {
    reason: 'anyOf is no type: words become an enum',
    schema: word('a', 'b'),
    expected: { type: 'string', enum: ['a', 'b'] },
  },
  {
    reason: 'const is no keyword of a CRD',
    schema: Type.Literal('a'),
    expected: { type: 'string', enum: ['a'] },
  },
  {
    reason: 'a pattern with an enum says the same twice',
    schema: Type.Unsafe(Type.String({ enum: ['a'], pattern: '^(a)$' })),
    expected: { type: 'string', enum: ['a'] },
  },
  {
    reason: 'the API server prunes unknown fields, whatever the hook tolerates',
    schema: Type.Object(
      { a: Type.String(), b: Type.Optional(Type.Boolean()) },
      { additionalProperties: true },
    ),
    expected: {
      type: 'object',
      required: ['a'],
      properties: { a: { type: 'string' }, b: { type: 'boolean' } },
    },
  },
  {
    reason: 'an empty list of required fields is left out',
    schema: Type.Object({ a: Type.Optional(Type.String()) }, { additionalProperties: false }),
    expected: { type: 'object', properties: { a: { type: 'string' } } },
  },
  {
    reason: 'a free-form object is preserved',
    schema: Type.Object({}, { 'x-kubernetes-preserve-unknown-fields': true }),
    expected: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  { reason: 'an object without fields', schema: Type.Object({}), expected: { type: 'object' } },
  {
    reason: 'a list keeps how it is merged',
    schema: Type.Array(Type.String(), { maxItems: 2, 'x-kubernetes-list-type': 'set' }),
    expected: { type: 'array', items: { type: 'string' }, maxItems: 2, 'x-kubernetes-list-type': 'set' },
  },
  {
    reason: 'a map of strings',
    schema: Type.Record(Type.String(), Type.String()),
    expected: { type: 'object', additionalProperties: { type: 'string' } },
  },
  {
    reason: 'values of several types are preserved as they are',
    schema: Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())]), {
      'x-kubernetes-preserve-unknown-fields': true,
    }),
    expected: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
  {
    reason: 'only a preserved node does without a type',
    schema: Type.Union([Type.String(), Type.Array(Type.String())], {
      'x-kubernetes-preserve-unknown-fields': true,
    }),
    expected: { 'x-kubernetes-preserve-unknown-fields': true },
  },
  {
    reason: 'a preserved value of any type',
    schema: Type.Unknown({ description: 'Any.', 'x-kubernetes-preserve-unknown-fields': true }),
    expected: { description: 'Any.', 'x-kubernetes-preserve-unknown-fields': true },
  },
  {
    reason: 'or one that is a number or a string',
    schema: Type.Union([Type.Integer(), Type.String()], { 'x-kubernetes-int-or-string': true }),
    expected: { 'x-kubernetes-int-or-string': true },
  },
];

test('a TypeBox schema becomes a structural schema', (t) => {
  for (const { reason, schema, expected } of translations) {
    t.strictSame(structuralSchema(schema, 'spec'), expected, reason);
  }
  t.end();
});

test('a structural schema is plain data: no symbol of TypeBox is left', (t) => {
  const schema = structuralSchema(Type.Object({ a: Type.Optional(Type.String()) }), 'spec');
  t.strictSame(Object.getOwnPropertySymbols(schema), []);
  t.strictSame(Object.getOwnPropertySymbols(schema.properties?.['a']), []);
  t.end();
});

const refusals: readonly { readonly reason: string; readonly schema: TSchema; readonly message: string }[] = [
  {
    reason: 'a node has a type or is preserved',
    schema: Type.Object({ a: Type.Unknown() }),
    message:
      "spec.a: a structural schema can't express a value of any type without x-kubernetes-preserve-unknown-fields",
  },
  {
    reason: 'one type to a node',
    schema: Type.Object({ a: Type.Array(Type.Union([Type.String(), Type.Integer()])) }),
    message: "spec.a[]: a structural schema can't express a union of anything but words",
  },
  {
    reason: 'enums of numbers are of no use here',
    schema: Type.Union([Type.Literal(1), Type.Literal(2)]),
    message: "spec: a structural schema can't express a union of anything but words",
  },
  {
    reason: 'the API server refuses both on one node',
    schema: Type.Object({ a: Type.String() }, { additionalProperties: Type.String() }),
    message: "spec: a structural schema can't express additionalProperties with properties",
  },
  {
    reason: 'patternProperties are no keyword of a CRD',
    schema: Type.Record(Type.String({ pattern: '^a' }), Type.String()),
    message: "spec: a structural schema can't express keys that follow a pattern",
  },
  {
    reason: 'errors name where in a map they are',
    schema: Type.Record(Type.String(), Type.Null()),
    message: "spec.*: a structural schema can't express a schema of kind Null",
  },
  {
    reason: 'allOf may hold no types',
    schema: Type.Intersect([Type.Object({}), Type.Object({})]),
    message: "spec: a structural schema can't express the keyword allOf",
  },
  {
    reason: 'the API server refuses uniqueItems, for the time that it takes',
    schema: Type.Array(Type.String(), { uniqueItems: true }),
    message: "spec: a structural schema can't express the keyword uniqueItems",
  },
  {
    reason: 'references are not resolved',
    schema: Type.Ref('Other'),
    message: "spec: a structural schema can't express the keyword $ref",
  },
];

test('what a structural schema cannot express is refused with its path', (t) => {
  for (const { reason, schema, message } of refusals) {
    t.throws(() => structuralSchema(schema, 'spec'), { message }, reason);
  }
  t.end();
});
