import { test } from 'tap';
import { compile } from '../../../../hooks/contract/compile.ts';
import { describe } from '../../../../hooks/problem.ts';
import { Annotations } from '../../../../hooks/registry/fields/annotations.ts';
import { brokenRules } from '../../../../hooks/registry/rule.ts';
import { structuralSchema } from '../../../../scripts/crd/structural-schema.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';

const schema = Annotations('Annotations of the Service.');
const compiled = compile(schema);
const label = 'a'.repeat(63);
const domain = `${'a.'.repeat(126)}a`;

const accepted = [
  { reason: 'none', annotations: {} },
  { reason: 'a name', annotations: { a: 'b', 'a-B_c.9': '' } },
  { reason: 'a name after a prefix', annotations: { 'cert-manager.io/cluster-issuer': 'letsencrypt' } },
  { reason: 'a prefix with capital letters', annotations: { 'Example.COM/a': 'b' } },
  { reason: 'the longest key', annotations: { [`${domain}/${label}`]: 'b' } },
  {
    reason: 'a reserved word elsewhere',
    annotations: { 'a.metacontroller.k8s.io/a': '', metacontroller: '' },
  },
  { reason: 'any text', annotations: { a: '\n{"b": [1]}\u0000' } },
];

for (const { reason, annotations } of accepted) {
  test(`${reason}: accepted`, async (t) => {
    t.ok(compiled.Check(deepFreeze(annotations)));
    t.strictSame(brokenRules(schema, deepFreeze(annotations), 'f'), []);
  });
}

const isReserved = 'must not begin with metacontroller.k8s.io/ or toolhive.stacklok.dev/: remove it';
const refused = [
  {
    reason: 'what dynamic apply keeps there',
    key: 'metacontroller.k8s.io/last-applied-configuration',
    message: isReserved,
  },
  { reason: 'what this project keeps there', key: 'toolhive.stacklok.dev/config-hash', message: isReserved },
  ...[
    { reason: 'no name', key: '' },
    { reason: 'no name after a prefix', key: 'example.com/' },
    { reason: 'no prefix', key: '/a' },
    { reason: 'two prefixes', key: 'a/b/c' },
    { reason: 'a name that ends with another character', key: 'example.com/a-' },
    { reason: 'a prefix that is no DNS name', key: 'example_com/a' },
    { reason: 'a line break', key: 'a\n' },
    { reason: 'a space', key: 'a b' },
    { reason: 'a letter that is not ASCII', key: 'ä' },
    { reason: 'what would be the prototype', key: '__proto__' },
    { reason: 'a name that is too long', key: `${label}a` },
    { reason: 'a prefix that is too long', key: `${domain}a/a` },
  ].map((wrong) => ({
    ...wrong,
    message: `must be the key of an annotation, found ${describe(wrong.key)}: a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, which may follow a DNS name and "/"`,
  })),
];

for (const { reason, key, message } of refused) {
  test(`${reason}: refused`, async (t) => {
    const annotations = deepFreeze(JSON.parse(`{"good": "a", ${JSON.stringify(key)}: "b"}`));
    t.ok(compiled.Check(annotations), 'by the rule alone');
    const field = key.length > 100 ? `f.${key.slice(0, 99)}…` : `f.${key}`;
    t.strictSame(brokenRules(schema, annotations, 'f'), [{ field, message }]);
  });
}

test('keys and values are bounded', async (t) => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`a${i}`, '']));
  t.ok(compiled.Check(many(50)));
  t.notOk(compiled.Check(many(51)));
  t.ok(compiled.Check({ a: 'b'.repeat(4096) }));
  t.notOk(compiled.Check({ a: 'b'.repeat(4097) }));
  t.notOk(compiled.Check({ a: 1 }));
  t.notOk(compiled.Check({ 'a\nb': 1 }), 'also where the key has a line break');
});

test('the CRD has what it can express', async (t) => {
  t.strictSame(structuralSchema(schema, 'f'), {
    description: 'Annotations of the Service.',
    type: 'object',
    additionalProperties: { type: 'string', maxLength: 4096 },
    maxProperties: 50,
    'x-kubernetes-validations': [
      {
        rule: "self.all(key, key.matches('^(.{1,253}/)?[^/]{1,63}$') && key.matches('^([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?([.][A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$'))",
        message:
          'must have valid keys: a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, which may follow a DNS name and "/"',
      },
      {
        rule: "self.all(key, !key.startsWith('metacontroller.k8s.io/') && !key.startsWith('toolhive.stacklok.dev/'))",
        message:
          'must have no key that begins with metacontroller.k8s.io/ or toolhive.stacklok.dev/: remove it',
      },
    ],
  });
});
