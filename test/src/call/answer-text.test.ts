import { test } from 'tap';
import type { FinalizeAnswer, SyncAnswer } from '../../../hooks/contract/answer.ts';
import { writeAnswer } from '../../../src/call/answer-text.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const status: SyncAnswer['status'] = {
  phase: 'Pending',
  message: 'ä "quoted"\n',
  readyReplicas: 0,
  observedGeneration: 1,
  conditions: [],
};
const child = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'a', namespace: 'b' },
  spec: { x: [1, null] },
};

test('an answer has the text of JSON.stringify', async (t) => {
  const cases: { reason: string; answer: SyncAnswer | FinalizeAnswer }[] = [
    { reason: 'a sync that is settled', answer: { status, children: [child] } },
    { reason: 'one that is not', answer: { status, children: [child, child], resyncAfterSeconds: 10 } },
    { reason: 'a finalize without children', answer: { status, children: [], finalized: true } },
    {
      reason: 'children that are shared',
      answer: { status, children: deepFreeze([child]), finalized: false },
    },
    { reason: 'another order of the fields', answer: { children: [child], status } },
  ];
  for (const { reason, answer } of cases) {
    t.equal(writeAnswer(answer), JSON.stringify(answer), reason);
    t.equal(writeAnswer(answer), JSON.stringify(answer), `${reason}, again`);
  }
});

test('children that can change are written for each answer', async (t) => {
  const children = [{ ...child }];
  writeAnswer({ status, children });
  children.push({ ...child, kind: 'Role' });
  t.equal(writeAnswer({ status, children }), JSON.stringify({ status, children }));
});

test('frozen children are written once', async (t) => {
  let written = 0;
  const counted = { ...child, toJSON: () => ++written };
  const answer = { status, children: Object.freeze([counted]) };
  writeAnswer(answer);
  writeAnswer(answer);
  t.equal(written, 1);
});
