/** How deep a JSON value may be nested, how many values it may hold in all, and how long its texts and keys may be together. */
export interface JsonLimits {
  readonly levels: number;
  readonly values: number;
  readonly characters: number;
}

/**
 * Which limit a JSON value passes first. It keeps its own stack, since what it guards against is that of the
 * functions that call themselves for each level, and stops at the limit.
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
