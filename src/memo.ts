import { LRUCache } from 'lru-cache';
import type { Desire, Desired } from '../hooks/desired.ts';
import { sha256 } from '../hooks/text/hash.ts';

/** What a memo may hold before the entries that were not asked for the longest are forgotten. */
export interface MemoBounds {
  /** As many calls as well are told again from those that are new. */
  readonly maxEntries: number;
  /** Of the keys and the answers together, as JSON text in characters; in the heap they take a few times that. */
  readonly maxSize: number;
}

/**
 * Answers equal calls of `desire` from memory: the same spec is asked for again and again. Equal means equal
 * content in the same key order; another order is computed afresh, to the same answer.
 *
 * An answer is kept when it is asked for again soon. When more registries call in turn than can be kept, each would
 * push out one that comes before it: nothing was found again, and the heap grew to twice its size with what was kept.
 *
 * A kept answer is shared by all calls that get it, so it is frozen.
 */
export function memoizeDesire(desire: Desire, bounds: MemoBounds): Desire {
  const known = new LRUCache<string, Desired>({ max: bounds.maxEntries, maxSize: bounds.maxSize });
  const askedOnce = new LRUCache<string, true>({ max: bounds.maxEntries });
  return (identity, spec, defaults) => {
    const key = keyOf({ name: identity.name, namespace: identity.namespace, defaults, spec });
    if (key === undefined) return desire(identity, spec, defaults);
    const found = known.get(key);
    if (found !== undefined) return found;
    const answer = desire(identity, spec, defaults);
    const digest = sha256(key);
    if (askedOnce.delete(digest)) {
      known.set(key, deepFreeze(answer), { size: key.length + JSON.stringify(answer).length });
    } else {
      askedOnce.set(digest, true);
    }
    return answer;
  };
}

/** Undefined for content that is nested deeper than `JSON.stringify` can go. */
function keyOf(content: object): string | undefined {
  try {
    return JSON.stringify(content);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
