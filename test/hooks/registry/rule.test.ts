import { Type } from '@sinclair/typebox';
import { test } from 'tap';
import { keyedBy, textRule } from '../../../hooks/registry/common-rules.ts';
import { brokenRules, brokenRulesWithin, type Rule, withRules } from '../../../hooks/registry/rule.ts';

interface Pair {
  readonly a?: string;
  readonly b?: string;
}

const notBoth: Rule<Pair> = {
  field: '.b',
  message: "can't be combined with a: keep one of them",
  cel: '!has(self.a) || !has(self.b)',
  check: ({ a, b }) => a === undefined || b === undefined,
};
const hookOnly: Rule<Pair> = {
  check: ({ a }, field) => (a === 'odd' ? [{ field: `${field}.a`, message: 'is odd' }] : []),
};
const notShort = textRule('is too short', 'self.size() > 1', (text) => text.length > 1);

const Schema = withRules(
  Type.Object({
    a: Type.Optional(withRules(Type.String(), [notShort])),
    b: Type.Optional(Type.String()),
  }),
  [notBoth, hookOnly],
);

test('the CRD has the rules that CEL can express, in their order', async (t) => {
  t.strictSame(Schema['x-kubernetes-validations'], [
    {
      rule: '!has(self.a) || !has(self.b)',
      message: "can't be combined with a: keep one of them",
      fieldPath: '.b',
    },
  ]);
  t.strictSame(
    withRules(withRules(Type.String(), [notShort]), [
      textRule('is too long', 'self.size() < 9', (text) => text.length < 9),
    ])['x-kubernetes-validations'],
    [
      { rule: 'self.size() > 1', message: 'is too short' },
      { rule: 'self.size() < 9', message: 'is too long' },
    ],
    'rules that are added come after those that are there',
  );
  t.notOk('x-kubernetes-validations' in withRules(Type.Object({}), [hookOnly]), 'none of the hook alone');
});

const cases: readonly {
  readonly reason: string;
  readonly value: Pair;
  readonly own: readonly object[];
  readonly within: readonly object[];
}[] = [
  { reason: 'nothing is wrong', value: { a: 'even' }, own: [], within: [] },
  {
    reason: 'a rule that says yes or no gives its own message, about its field',
    value: { a: 'even', b: 'x' },
    own: [{ field: 'spec.x.b', message: "can't be combined with a: keep one of them" }],
    within: [{ field: 'spec.x.b', message: "can't be combined with a: keep one of them" }],
  },
  {
    reason: 'a rule that finds problems gives these; each rule is checked',
    value: { a: 'odd', b: 'x' },
    own: [
      { field: 'spec.x.b', message: "can't be combined with a: keep one of them" },
      { field: 'spec.x.a', message: 'is odd' },
    ],
    within: [
      { field: 'spec.x.b', message: "can't be combined with a: keep one of them" },
      { field: 'spec.x.a', message: 'is odd' },
    ],
  },
  {
    reason: 'a field has rules of its own, and its message says what was found',
    value: { a: '1' },
    own: [],
    within: [{ field: 'spec.x.a', message: 'is too short, found "1"' }],
  },
  {
    reason: 'the fields of an object that breaks a rule of its own are not checked',
    value: { a: '1', b: 'x' },
    own: [{ field: 'spec.x.b', message: "can't be combined with a: keep one of them" }],
    within: [{ field: 'spec.x.b', message: "can't be combined with a: keep one of them" }],
  },
];

test('the hook checks every rule', (t) => {
  for (const { reason, value, own, within } of cases) {
    Object.freeze(value);
    t.strictSame(brokenRules(Schema, value, 'spec.x'), own, reason);
    t.strictSame(brokenRulesWithin(Schema, value, 'spec.x'), within, `${reason}, with its fields`);
  }
  t.end();
});

test('a list by a key is of type map in the CRD, and the hook refuses an item that has the key of another', async (t) => {
  const list = keyedBy('name', Type.Array(Type.Object({ name: Type.String() })));
  t.strictSame([list['x-kubernetes-list-type'], list['x-kubernetes-list-map-keys']], ['map', ['name']]);
  t.strictSame(
    brokenRules(list, Object.freeze([{ name: 'a' }, 7, {}, {}, { name: 'a' }, { name: 'b' }]), 'spec.x'),
    [{ field: 'spec.x[4].name', message: 'is taken by spec.x[0]: "a" must be unique' }],
  );
});
