import type { BuildDesired } from '../../hooks/desired.ts';
import { deepFreeze } from '../../hooks/json.ts';
import { keyOf, Memo, type MemoBounds } from './memo.ts';

/**
 * Keeps what `buildDesired` returns in memory, because most calls come for a spec that has not changed. A call is
 * answered from memory if its arguments have the same content in the same key order.
 *
 * A kept result is shared by all callers, so it is frozen.
 */
export function memoizeDesired(buildDesired: BuildDesired, bounds: MemoBounds): BuildDesired {
  const memo = new Memo<ReturnType<BuildDesired>>(bounds);
  return (identity, spec, defaults) => {
    const text = textOf({ name: identity.name, namespace: identity.namespace, defaults, spec });
    if (text === undefined) return buildDesired(identity, spec, defaults);
    const key = keyOf(text);
    const known = memo.get(key);
    if (known !== undefined) return known;
    const desired = buildDesired(identity, spec, defaults);
    memo.offer(key, desired, (kept) => JSON.stringify(deepFreeze(kept)).length);
    return desired;
  };
}

/**
 * Content as text; undefined if other content may have the same text, or if it has none: a number that is infinite
 * (`1e999`) is written as null, and `JSON.stringify` fails on deep nesting.
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
