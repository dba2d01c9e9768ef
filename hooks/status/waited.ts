import type { Clock } from '../context.ts';
import type { Parent } from '../contract/request.ts';
import { previousCondition } from './conditions.ts';
import { APPLYING } from './progress.ts';

/** How long a child may be missing before that is called wrong, in seconds. */
const PATIENCE = 60;
/** How soon to look again, in seconds: at first, and at the longest. */
const SOONEST = 5;
const LATEST = 60;

/**
 * Since when what is observed has differed from what is desired, as far as the status tells: the later of the
 * moment at which Reconciling became True and the last edit of the registry, so that an edit in the middle of a
 * long rollout starts anew.
 *
 * @returns seconds, 0 if nothing was on its way before
 */
export function secondsWaited({ metadata, status }: Parent, clock: Clock): number {
  const reconciling = previousCondition(status?.conditions, 'Reconciling');
  if (reconciling?.status !== 'True') return 0;
  const edits = (metadata.managedFields ?? [])
    .filter(({ subresource }) => !subresource)
    .map(({ time }) => time);
  const times = [reconciling.lastTransitionTime, ...edits]
    .map((time) => Date.parse(time ?? ''))
    .filter(Number.isFinite);
  return times.length === 0 ? 0 : Math.max(0, (clock.now.getTime() - Math.max(...times)) / 1000);
}

/** Whether children were awaited at the last call already, and have been for longer than it takes to apply them. */
export function isOverdue(parent: Parent, clock: Clock): boolean {
  const before = previousCondition(parent.status?.conditions, 'Reconciling');
  return before?.reason === APPLYING && secondsWaited(parent, clock) > PATIENCE;
}

/**
 * When to look again at what may change without an event: soon at first, and more and more seldom.
 *
 * @returns whole seconds
 */
export function resyncSeconds(waited: number): number {
  return Math.min(LATEST, Math.max(SOONEST, Math.ceil(waited / 2)));
}
