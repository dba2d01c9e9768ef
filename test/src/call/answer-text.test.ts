import { test } from 'tap';
import type { DesiredChildren } from '../../../hooks/children/build-children.ts';
import type { FinalizeAnswer, SyncAnswer } from '../../../hooks/contract/answer.ts';
import { writeAnswer } from '../../../src/call/answer-text.ts';

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
    { reason: 'another order of the fields', answer: { children: [child], status } },
  ];
  for (const { reason, answer } of cases) t.equal(writeAnswer(answer), JSON.stringify(answer), reason);
});

test('children that are answered as desired are not written again', async (t) => {
  const all = [child];
  // Another text than that of the children, to see that it is used.
  const desired = { all, text: '["known"]' } as unknown as DesiredChildren;
  t.equal(writeAnswer({ status, children: all }, desired), JSON.stringify({ status, children: ['known'] }));
  const repaired = { status, children: [child] };
  t.equal(writeAnswer(repaired, desired), JSON.stringify(repaired), 'others are');
});
