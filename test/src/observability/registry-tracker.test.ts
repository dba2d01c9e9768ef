import { test } from 'tap';
import type { Phase } from '../../../hooks/contract/status.ts';
import { RegistryTracker } from '../../../src/observability/registry-tracker.ts';

const hour = 60 * 60 * 1000;

/** Tracks registries of a phase with numbers as names. */
function trackMany(tracker: RegistryTracker, phase: Phase, from: number, to: number): void {
  for (let index = from; index < to; index += 1) {
    tracker.track({ namespace: 'x', name: `r${index}`, phase });
  }
}

const sum = (counts: Readonly<Record<Phase, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

test('a registry that was not seen for three hours is forgotten', async (t) => {
  let now = 1;
  const tracker = new RegistryTracker(() => now);
  const a = { namespace: 'x', name: 'a', phase: 'Running' } as const;
  const b = { namespace: 'x', name: 'b', phase: 'Pending' } as const;
  tracker.track(a);
  tracker.track(b);
  now += 2 * hour;
  tracker.track(a);
  const none = { Pending: 0, Running: 0, Ready: 0, Failed: 0, Terminating: 0 };
  t.strictSame(tracker.countByPhase(), { ...none, Running: 1, Pending: 1 });
  now += 2 * hour;
  t.strictSame(tracker.countByPhase(), { ...none, Running: 1 });
  t.strictSame(tracker.named(), { registries: [a], omitted: 0 });
  tracker.forget('x', 'a');
  t.strictSame(tracker.countByPhase(), none);
  t.strictSame(tracker.named(), { registries: [], omitted: 0 });
});

test('similar names are different registries', async (t) => {
  const tracker = new RegistryTracker();
  tracker.track({ namespace: 'x', name: 'a', phase: 'Running' });
  tracker.track({ namespace: 'y', name: 'a', phase: 'Failed' });
  tracker.forget('z', 'a');
  t.equal(sum(tracker.countByPhase()), 2);
});

test('memory is bounded for any number of names', async (t) => {
  const tracker = new RegistryTracker();
  trackMany(tracker, 'Pending', 0, 60_000);
  t.equal(sum(tracker.countByPhase()), 50_000);
});

test('a name that is too long for an object is not kept', async (t) => {
  const tracker = new RegistryTracker();
  tracker.track({ namespace: 'a', name: 'x'.repeat(254), phase: 'Running' });
  tracker.track({ namespace: 'x'.repeat(254), name: 'a', phase: 'Running' });
  tracker.track({ namespace: 'a', name: 'x'.repeat(253), phase: 'Running' });
  t.equal(sum(tracker.countByPhase()), 1);
});

test('a thousand registries are named: those that may need attention, then always the same', async (t) => {
  const tracker = new RegistryTracker();
  const names = () => tracker.named().registries.map(({ name }) => name);
  const numbers = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, index) => `r${from + index}`);
  trackMany(tracker, 'Running', 0, 1000);
  t.equal(tracker.named().omitted, 0);
  trackMany(tracker, 'Running', 1000, 5000);
  t.strictSame(names(), numbers(0, 1000));
  t.equal(tracker.named().omitted, 4000);

  trackMany(tracker, 'Running', 2000, 5000);
  trackMany(tracker, 'Running', 0, 10);
  t.strictSame(names(), numbers(0, 1000), 'to be seen again changes nothing');

  trackMany(tracker, 'Pending', 4000, 4002);
  trackMany(tracker, 'Failed', 3000, 3002);
  t.strictSame(names(), [...numbers(3000, 3002), ...numbers(4000, 4002), ...numbers(0, 996)]);
  t.equal(tracker.named().omitted, 4000);

  trackMany(tracker, 'Pending', 0, 5000);
  trackMany(tracker, 'Failed', 4500, 5000);
  t.equal(names().length, 1000);
  t.strictSame(names().slice(0, 500), numbers(4500, 5000));
});

test('another registry is named in place of one that is gone', async (t) => {
  const tracker = new RegistryTracker();
  trackMany(tracker, 'Running', 0, 1001);
  tracker.forget('x', 'r0');
  const { registries, omitted } = tracker.named();
  t.equal(registries.length, 1000);
  t.equal(registries.at(-1)?.name, 'r1000');
  t.equal(omitted, 0);
});

test('a registry has one phase at a time', async (t) => {
  const tracker = new RegistryTracker();
  for (const phase of ['Pending', 'Running', 'Failed', 'Running', 'Terminating'] as const) {
    tracker.track({ namespace: 'x', name: 'a', phase });
    t.equal(tracker.countByPhase()[phase], 1, phase);
    t.equal(sum(tracker.countByPhase()), 1, phase);
    t.strictSame(tracker.named().registries, [{ namespace: 'x', name: 'a', phase }]);
  }
  tracker.forget('x', 'a');
  t.equal(sum(tracker.countByPhase()), 0);
});
