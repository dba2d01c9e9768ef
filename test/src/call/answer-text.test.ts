import { test } from 'tap';
import type { FinalizeAnswer, SyncAnswer } from '../../../hooks/contract/answer.ts';
import { keepText, writeAnswer } from '../../../src/call/answer-text.ts';

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

test('children whose text is kept are not written again', async (t) => {
  const children = [child];
  keepText(children, '["kept"]');
  t.equal(writeAnswer({ status, children }), JSON.stringify({ status, children: ['kept'] }));
});
