import type { BuildDesired } from '../../hooks/desired.ts';
import { keyOf, Memo, type MemoBounds } from './memo.ts';

/**
 * Answers equal calls of `desire` from memory: the same spec is asked for again and again. Equal means equal
 * content in the same key order; another order is computed afresh, to the same answer.
 *
 * A remembered answer is shared by all calls that get it, so it is frozen.
 */
export function rememberDesire(desire: BuildDesired, bounds: MemoBounds): BuildDesired {
  const memo = new Memo<ReturnType<BuildDesired>>(bounds);
  return (identity, spec, defaults) => {
    const text = textOf({ name: identity.name, namespace: identity.namespace, defaults, spec });
    if (text === undefined) return desire(identity, spec, defaults);
    const key = keyOf(text);
    const known = memo.get(key);
    if (known !== undefined) return known;
    const answer = desire(identity, spec, defaults);
    memo.offer(key, answer, (kept) => JSON.stringify(deepFreeze(kept)).length);
    return answer;
  };
}

/**
 * Undefined for content that has no text of its own: it is nested deeper than `JSON.stringify` can go, or holds a number
 * beyond all bounds (`1e999`), which is written as null.
 */
function textOf(content: object): string | undefined {
  try {
    const text = JSON.stringify(content);
    return text.includes('null') ? undefined : text;
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
