import { test } from 'tap';
import type { Parent } from '../../../hooks/contract/request.ts';
import { isOverdue, resyncSeconds, secondsWaited } from '../../../hooks/status/waited.ts';
import { changed, context, recorded } from '../../support/requests.ts';

const at = (seconds: number) => new Date(context.now.getTime() - seconds * 1000).toISOString();
const parent = (reason: string | undefined, since: number, edited: number, subresource?: string): Parent =>
  changed(recorded('create', 2), (copy) => {
    copy.parent.metadata.managedFields = [{ time: at(edited), ...(subresource ? { subresource } : {}) }];
    copy.parent.status = {
      conditions: reason
        ? [{ type: 'Reconciling', status: 'True', reason, lastTransitionTime: at(since) }]
        : [],
    };
  }).parent;

const cases = [
  { parent: parent(undefined, 0, 500), waited: 0, overdue: false, reason: 'nothing was on its way' },
  {
    parent: parent('ApplyingChildren', 30, 500),
    waited: 30,
    overdue: false,
    reason: 'half a minute is no time',
  },
  { parent: parent('ApplyingChildren', 61, 500), waited: 61, overdue: true, reason: 'over a minute' },
  {
    parent: parent('Progressing', 600, 900),
    waited: 600,
    overdue: false,
    reason: 'a long rollout is no missing child',
  },
  { parent: parent('ApplyingChildren', 600, 5), waited: 5, overdue: false, reason: 'an edit starts anew' },
  {
    parent: parent('ApplyingChildren', 600, 5, 'status'),
    waited: 600,
    overdue: true,
    reason: 'our own status is no edit',
  },
];

for (const { parent: given, waited, overdue, reason } of cases) {
  test(reason, async (t) => {
    t.strictSame(
      { waited: secondsWaited(given, context), overdue: isOverdue(given, context) },
      { waited, overdue },
    );
  });
}

test('it is looked at again soon at first, and more and more seldom', async (t) => {
  t.strictSame([0, 5, 20, 60, 100, 1000].map(resyncSeconds), [5, 5, 10, 30, 50, 60]);
});
