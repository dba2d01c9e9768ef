/** Limits of a JSON value. */
export interface JsonLimits {
  /** How deep objects and lists may be nested. */
  readonly levels: number;
  /** How many values there may be, on all levels. */
  readonly values: number;
  /** How many characters all texts and keys may have in total. */
  readonly characters: number;
}

/**
 * The first limit that a JSON value exceeds, if any. It stops there, and keeps its own stack: a value that is nested too
 * deeply would overflow the stack of a recursive function.
 */
export function exceededLimit(value: unknown, limit: JsonLimits): keyof JsonLimits | undefined {
  const open: { readonly value: unknown; readonly level: number }[] = [{ value, level: 0 }];
  let values = 0;
  let characters = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    values += 1;
    if (values + open.length > limit.values) return 'values';
    if (typeof next.value === 'string') characters += next.value.length;
    else if (typeof next.value === 'object' && next.value !== null) {
      if (next.level >= limit.levels) return 'levels';
      const isList = Array.isArray(next.value);
      for (const [key, item] of Object.entries(next.value)) {
        if (!isList) characters += key.length;
        open.push({ value: item, level: next.level + 1 });
      }
    }
    if (characters > limit.characters) return 'characters';
  }
  return undefined;
}
