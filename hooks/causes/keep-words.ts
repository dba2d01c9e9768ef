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
  if (before?.reason !== cause.reason) return cause;
  const head = `${cause.said}: `;
  if (!before.message?.startsWith(head)) return cause;
  const words = before.message.slice(head.length);
  // Nothing that this project wrote.
  if (words === '' || words.length > LONGEST) return cause;
  const isSame = cause.words === undefined || skeleton(cause.words) === skeleton(words);
  return isSame ? withWords(cause, words) : cause;
}

/** More than a status holds of the words of others. */
const LONGEST = 600;

const skeleton = (words: string): string => words.replace(varying, '#');
