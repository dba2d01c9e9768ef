import type { ObservedCondition } from '../contract/kubernetes.ts';
import type { PodCause } from './cause.ts';
import { withWords } from './image.ts';

/** Numbers, addresses and identifiers, which differ each time. */
const varying = /\b(?=[a-f]{0,40}\d)[0-9a-f]{6,64}\b|\d+/gi;

/**
 * A cause in the words in which it was last written, if the new ones differ only in numbers: a server that crashes all day
 * names another port each time, and each write of a status costs one in etcd. The same for words that are lost in between.
 *
 * @param before the condition that had the cause when the status was last written
 */
export function keepWords(cause: PodCause, before: ObservedCondition | undefined): PodCause {
  const told = toldBefore(cause, before);
  if (cause.words === undefined) {
    return told === undefined ? { ...cause, words: cause.fallback } : withWords(cause, told);
  }
  return told !== undefined && skeleton(cause.words) === skeleton(told) ? withWords(cause, told) : cause;
}

/** The words that the same cause was told with. */
function toldBefore({ reason, said }: PodCause, before: ObservedCondition | undefined): string | undefined {
  const head = `${said}: `;
  if (before?.reason !== reason || !before.message?.startsWith(head)) return undefined;
  const words = before.message.slice(head.length);
  // Anything longer is not of this project.
  return words === '' || words.length > LONGEST ? undefined : words;
}

/** More than a status holds of the words of others. */
const LONGEST = 600;

const skeleton = (words: string): string => words.replace(varying, '#');
