import { test } from 'tap';
import type { Parent } from '../../../hooks/contract/request.ts';
import { elapsedOf, finalizeResyncSeconds, resyncSeconds } from '../../../hooks/status/resync.ts';
import { changed, context, recorded } from '../../support/requests.ts';

const at = (seconds: number) => new Date(context.now.getTime() - seconds * 1000).toISOString();
const parent = (
  reason: string | undefined,
  since: number,
  edited: number,
  subresource?: string,
  type = 'Reconciling',
): Parent =>
  changed(recorded('create', 2), (copy) => {
    copy.parent.metadata.managedFields = [
      { time: at(edited), fieldsV1: { 'f:spec': {} }, ...(subresource ? { subresource } : {}) },
      // Edits of labels and annotations, and times that somebody made up, don't count.
      { time: at(1), fieldsV1: { 'f:metadata': { 'f:annotations': {} } } },
      { time: at(-1000), fieldsV1: { 'f:spec': {} } },
    ];
    copy.parent.status = {
      conditions: reason ? [{ type, status: 'True', reason, lastTransitionTime: at(since) }] : [],
    };
  }).parent;
const applying = (since: number, edited = 5000) => parent('ApplyingChildren', since, edited);
const progressing = (since: number) => parent('Progressing', since, 5000);

const waits = [
  { parent: parent(undefined, 0, 500), seconds: 0, lasting: false, overdue: false, reason: 'nothing began' },
  { parent: applying(30), seconds: 30, lasting: false, overdue: false, reason: 'half a minute is no time' },
  { parent: applying(60), seconds: 60, lasting: false, overdue: false, reason: 'a minute is just no time' },
  { parent: applying(61), seconds: 61, lasting: true, overdue: true, reason: 'over a minute' },
  {
    parent: progressing(600),
    seconds: 600,
    lasting: true,
    overdue: false,
    reason: 'no child was awaited at the last call of a long rollout',
  },
  {
    parent: applying(600, 5),
    seconds: 5,
    lasting: false,
    overdue: false,
    reason: 'an edit starts the time again',
  },
  {
    parent: parent('ApplyingChildren', 600, 5, 'status'),
    seconds: 600,
    lasting: true,
    overdue: true,
    reason: 'our own status is no edit',
  },
];

for (const { parent: given, seconds, lasting, overdue, reason } of waits) {
  test(reason, async (t) => {
    t.strictSame(elapsedOf(given, context), { seconds, lasting, overdue });
  });
}

const resyncs = [
  { parent: parent(undefined, 0, 0), missing: true, expect: 5, reason: 'a name may be free in a moment' },
  { parent: progressing(20), missing: true, expect: 10, reason: 'a missing child is looked for more seldom' },
  { parent: progressing(55), missing: true, expect: 6, reason: 'but at the moment at which it is overdue' },
  { parent: progressing(59.2), missing: true, expect: 1, reason: 'to the second' },
  {
    parent: parent(undefined, 0, 0),
    missing: false,
    expect: 61,
    reason: 'pods report by events: one call, when a minute has passed',
  },
  { parent: progressing(20), missing: false, expect: 41, reason: 'the same moment, seen from another call' },
  {
    parent: progressing(61),
    missing: true,
    applying: true,
    expect: 5,
    reason: 'children that were found to be awaited are overdue at the next call',
  },
  { parent: applying(66), missing: true, applying: true, expect: 33, reason: 'overdue: it may take long' },
  { parent: applying(10_000), missing: true, applying: true, expect: 60, reason: 'once a minute for ever' },
  { parent: progressing(10_000), missing: false, expect: 60, reason: 'a long rollout as well' },
  {
    parent: parent('FailedCreate', 10_000, 20_000, undefined, 'Stalled'),
    missing: true,
    expect: 60,
    reason: 'a stuck rollout is not Reconciling, and waits all the same',
  },
];

for (const { parent: given, missing, applying: isApplying = false, expect, reason } of resyncs) {
  test(`resync in ${expect} s: ${reason}`, async (t) => {
    t.equal(resyncSeconds(given, elapsedOf(given, context), missing, isApplying, context), expect);
  });
}

test('a deletion is looked at soon at first, and more and more seldom', async (t) => {
  const deleted = (seconds: number) =>
    changed(recorded('delete', 1), ({ parent }) => {
      parent.metadata.deletionTimestamp = at(seconds);
    }).parent;
  t.strictSame(
    [0, 20, 1000].map((seconds) => finalizeResyncSeconds(deleted(seconds), context)),
    [5, 10, 60],
  );
});

test('a parent may have more managed fields than a function has arguments', async (t) => {
  const { metadata, ...rest } = applying(600);
  const managedFields = Array.from({ length: 200_000 }, () => ({ time: at(90), fieldsV1: { 'f:spec': {} } }));
  t.equal(elapsedOf({ ...rest, metadata: { ...metadata, managedFields } }, context).seconds, 90);
});
