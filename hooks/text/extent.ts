/** How deep a JSON value may be nested, and how many values it may hold in all. */
export interface Extent {
  readonly levels: number;
  readonly values: number;
}

/**
 * Which limit a JSON value passes first. It keeps its own stack, since what it guards against is that of the
 * functions that call themselves for each level, and stops at the limit.
 */
export function exceeds(value: unknown, limit: Extent): keyof Extent | undefined {
  const open: { readonly value: unknown; readonly level: number }[] = [{ value, level: 0 }];
  let values = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    values += 1;
    if (values + open.length > limit.values) return 'values';
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.level >= limit.levels) return 'levels';
    for (const item of Object.values(next.value)) open.push({ value: item, level: next.level + 1 });
  }
  return undefined;
}
