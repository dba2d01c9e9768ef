import type { Clock } from '../context.ts';
import type { ManagedFieldsEntry } from '../contract/kubernetes.ts';
import type { Parent } from '../contract/request.ts';
import { previousCondition } from './conditions.ts';
import { APPLYING } from './progress.ts';

/** How long a change may take before the status says what it waits for, in seconds. */
const STALL_AFTER_SECONDS = 60;
/** How soon to look again, in seconds: at first, and at the longest. */
const MIN_RESYNC_SECONDS = 5;
export const MAX_RESYNC_SECONDS = 60;
/** As far as the clocks of the API server and of the instances of this service may be apart. */
const CLOCK_SKEW_MS = 60_000;

/** How long a change has been in progress. */
export interface ElapsedChange {
  /** Seconds; 0 if no change was in progress before. */
  readonly seconds: number;
  /** Whether that is longer than a successful change takes. */
  readonly lasting: boolean;
  /** Whether children have been missing for so long that waiting won't help. */
  readonly overdue: boolean;
}

/**
 * Since when what is observed has differed from what is desired, as far as the status shows: the later of the
 * moment at which Reconciling became True and the last edit of the spec, so that an edit in the middle of a
 * long rollout starts the time again.
 *
 * Children are overdue only if they were awaited at the last call already: a child that is deleted in the middle
 * of a long rollout has just been removed, however long the rollout has taken.
 */
export function elapsedOf(parent: Parent, clock: Clock): ElapsedChange {
  const seconds = secondsSince('Reconciling', parent, clock);
  const lasting = seconds > STALL_AFTER_SECONDS;
  const reason = previousCondition(parent.status?.conditions, 'Reconciling')?.reason;
  return { seconds, lasting, overdue: lasting && reason === APPLYING };
}

function secondsSince(type: 'Reconciling' | 'Stalled', { metadata, status }: Parent, clock: Clock): number {
  const condition = previousCondition(status?.conditions, type);
  if (condition?.status !== 'True') return 0;
  const now = clock.now.getTime();
  const times = [
    condition.lastTransitionTime,
    ...(metadata.managedFields ?? []).filter(isOfSpec).map(({ time }) => time),
  ]
    .map((time) => Date.parse(time ?? ''))
    // Whoever may edit the registry writes these times, and one far in the future would hold the time still.
    .filter((time) => time <= now + CLOCK_SKEW_MS);
  if (times.length === 0) return 0;
  // A parent may have more entries than a function may have arguments.
  const latest = times.reduce((a, b) => Math.max(a, b));
  return Math.max(0, now - latest) / 1000;
}

/** Whether an entry is of an edit of the spec: a label or an annotation that somebody keeps writing changes nothing. */
const isOfSpec = ({ subresource, fieldsV1 }: ManagedFieldsEntry) =>
  !subresource && Object.hasOwn(fieldsV1 ?? {}, 'f:spec');

/**
 * When to look again at what may change without an event. Pods, and children that are there, report by events;
 * only elapsed time does not, so one call is requested for the moment at which a change becomes a lasting one. The
 * name of a missing child may be taken, and no event comes when it becomes free: it is checked soon at first, then
 * at growing intervals.
 *
 * @param elapsed of the change that is in progress
 * @param missing whether a child does not exist
 * @param applying whether the status says that children are awaited: the next call may find them overdue
 * @returns whole seconds
 */
export function resyncSeconds(
  parent: Parent,
  { seconds, lasting, overdue }: ElapsedChange,
  missing: boolean,
  applying: boolean,
  clock: Clock,
): number {
  const untilLasting = Math.floor(STALL_AFTER_SECONDS - seconds) + 1;
  if (lasting) return applying && !overdue ? MIN_RESYNC_SECONDS : backOff(seconds);
  // A stuck rollout is Stalled and no longer Reconciling.
  return missing
    ? Math.min(untilLasting, backOff(Math.max(seconds, secondsSince('Stalled', parent, clock))))
    : untilLasting;
}

/**
 * When to look again while a registry is being deleted, which events report as well.
 *
 * @returns whole seconds
 */
export function finalizeResyncSeconds({ metadata }: Parent, clock: Clock): number {
  const since = Date.parse(metadata.deletionTimestamp ?? '');
  return backOff(Number.isFinite(since) ? (clock.now.getTime() - since) / 1000 : 0);
}

const backOff = (seconds: number) =>
  Math.min(MAX_RESYNC_SECONDS, Math.max(MIN_RESYNC_SECONDS, Math.ceil(seconds / 2)));
