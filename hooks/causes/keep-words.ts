import type { Clock } from '../context.ts';
import type { ObservedCondition } from '../contract/kubernetes.ts';
import type { Parent } from '../contract/request.ts';
import { messageOf, type PodCause } from './cause.ts';
import { withWords } from './image.ts';

/** What was told of pods when the status was last written. */
export interface Told {
  readonly condition: ObservedCondition | undefined;
  /** The generation of the spec that is looked at. */
  readonly generation: number;
  /** When the status was last written, in milliseconds since 1970; undefined if nobody knows. */
  readonly writtenAt: number | undefined;
  readonly clock: Clock;
}

/** What was told of the pods of a registry. */
export function toldOf({ metadata }: Parent, condition: ObservedCondition | undefined, clock: Clock): Told {
  const times = (metadata.managedFields ?? [])
    .filter(({ subresource }) => subresource === 'status')
    .map(({ time }) => Date.parse(time ?? ''))
    .filter(Number.isFinite);
  const writtenAt = times.length === 0 ? undefined : times.reduce((a, b) => Math.max(a, b));
  return { condition, generation: metadata.generation, writtenAt, clock };
}

/** Numbers, addresses, times and identifiers, which differ each time. */
const varying =
  /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b0x[0-9a-f]{1,16}\b|\b(?:\d{1,20}(?:\.\d{1,20})?(?:ns|µs|us|ms|s|m|h))+\b|\b(?=[a-f]{0,40}\d)[0-9a-f]{6,64}\b|\d+/gi;

/** So many different words are told at once: whoever looks for a cause looks at a young loop. */
const TOLD_AT_ONCE = 10;
/** How often those of an older one are told. */
const TOLD_EVERY_MS = 3_600_000;

/**
 * A cause as it was told before, if it differs only in what differs each time: a server that crashes all day names another
 * port each time, and each write of a status costs one in etcd. The same for words that are lost in between, for two states of
 * one failure that follow each other, and for the words of a loop that has gone on for long. Another spec is told anew.
 */
export function keepWords(cause: PodCause, told: Told): PodCause {
  const { condition, generation } = told;
  const message = condition?.message ?? '';
  const isFresh = condition?.observedGeneration !== generation || message.length > LONGEST;
  if (condition === undefined || isFresh) return withFallback(cause);
  if (cause.reason === 'CrashLoopBackOff' && beforeCrash.has(condition.reason ?? '')) {
    return { reason: condition.reason ?? '', said: message, certain: false };
  }
  if (condition.reason !== cause.reason) return withFallback(cause);

  const head = `${cause.said}: `;
  const words = message.startsWith(head) ? message.slice(head.length) : undefined;
  if (cause.words === undefined) return words === undefined ? withFallback(cause) : withWords(cause, words);
  if (words !== undefined && skeleton(cause.words) === skeleton(words)) return withWords(cause, words);
  return isOldLoop(cause, told) && messageOf(cause) !== message
    ? { ...cause, said: message, words: undefined }
    : cause;
}

/** States that say why a container fails, and are followed by a crash that does not (kubernetes: pkg/kubelet/kuberuntime). */
const beforeCrash: ReadonlySet<string> = new Set([
  ...['RunContainerError', 'PostStartHookError', 'PreStartHookError', 'CreateContainerError'],
]);

const withFallback = (cause: PodCause): PodCause =>
  cause.words === undefined && cause.fallback !== undefined ? { ...cause, words: cause.fallback } : cause;

const isOldLoop = ({ restarts = 0 }: PodCause, { writtenAt, clock }: Told): boolean =>
  restarts > TOLD_AT_ONCE && writtenAt !== undefined && clock.now.getTime() - writtenAt < TOLD_EVERY_MS;

/** More than a status holds of pods. */
const LONGEST = 2000;

const skeleton = (words: string): string => words.replace(varying, '#');
