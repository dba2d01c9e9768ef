import { test } from 'tap';
import type { WarningReason } from '../../../hooks/registry/warning.ts';
import { nextConditions } from '../../../hooks/status/conditions.ts';
import { warningsCondition } from '../../../hooks/status/derive-status.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { recorded } from '../../support/requests.ts';

const now = new Date('2026-11-24T06:00:00.999Z');
const before = '2026-01-01T00:00:00Z';
const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: 'yes' } as const;
const foreign = {
  type: 'Audited',
  status: 'True',
  reason: 'ByHand',
  message: 'x',
  lastTransitionTime: before,
};

const cases = [
  {
    reason: 'a first condition changes now, in whole seconds',
    previous: undefined,
    time: '2026-11-24T06:00:00Z',
  },
  {
    reason: 'the same status keeps its time',
    previous: [{ ...ready, lastTransitionTime: before }],
    time: before,
  },
  {
    reason: 'another message is no transition',
    previous: [{ ...ready, message: 'other', reason: 'Other', lastTransitionTime: before }],
    time: before,
  },
  {
    reason: 'another status is a transition',
    previous: [{ ...ready, status: 'False', lastTransitionTime: before }],
    time: '2026-11-24T06:00:00Z',
  },
  { reason: 'a time that is missing is given', previous: [{ ...ready }], time: '2026-11-24T06:00:00Z' },
];

for (const { reason, previous, time } of cases) {
  test(reason, async (t) => {
    t.strictSame(nextConditions(deepFreeze(previous), [ready], { now }), [
      { ...ready, lastTransitionTime: time },
    ]);
  });
}

test('what an older operator left and nobody updates any more goes', async (t) => {
  const types = ['SourceAvailable', 'DataValid', 'Audited', 'SyncSuccessful', 'APIReady'];
  const previous = deepFreeze(types.map((type) => ({ ...foreign, type })));
  t.strictSame(nextConditions(previous, [ready], { now }), [
    { ...ready, lastTransitionTime: '2026-11-24T06:00:00Z' },
    foreign,
  ]);
});

test('conditions of others are kept as they are, after ours, and ours that are not decided go', async (t) => {
  const previous = deepFreeze([foreign, { ...ready, type: 'PodTemplateValid', lastTransitionTime: before }]);
  t.strictSame(nextConditions(previous, [ready], { now }), [
    { ...ready, lastTransitionTime: '2026-11-24T06:00:00Z' },
    foreign,
  ]);
});

const warning = {
  reason: 'FormatIgnored' as WarningReason,
  field: 'spec.sources[0].format',
  message: 'is ignored',
};
const many = Array.from({ length: 15 }, (_, index) => ({
  ...warning,
  field: `spec.sources[${index}].format`,
}));
const warned = [
  { reason: 'no warning', warnings: [], expected: [] },
  {
    reason: 'one warning gives its kind',
    warnings: [warning],
    expected: [{ reason: 'FormatIgnored', message: 'spec.sources[0].format: is ignored' }],
  },
  {
    reason: 'warnings of one kind give it as well, and all of them are listed',
    warnings: many,
    expected: [
      { reason: 'FormatIgnored', message: many.map(({ field }) => `${field}: is ignored`).join('; ') },
    ],
  },
  {
    reason: 'warnings of several kinds are several',
    warnings: [warning, { ...warning, reason: 'ScopesIgnored' as const, field: 'spec.b' }],
    expected: [
      { reason: 'SeveralWarnings', message: 'spec.sources[0].format: is ignored; spec.b: is ignored' },
    ],
  },
];

for (const { reason, warnings, expected } of warned) {
  test(`SpecWarnings: ${reason}`, async (t) => {
    const { parent } = recorded('create', 5);
    t.strictSame(
      warningsCondition(parent, deepFreeze(warnings)),
      expected.map((condition) => ({
        type: 'SpecWarnings',
        status: 'True',
        ...condition,
        observedGeneration: parent.metadata.generation,
      })),
    );
  });
}
