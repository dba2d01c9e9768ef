/**
 * Whether a JSON value is nested deeper than a limit. It keeps its own stack, since what it guards against is
 * that of the functions that call themselves for each level.
 *
 * @param limit in levels of objects and lists
 */
export function isDeeperThan(value: unknown, limit: number): boolean {
  const open: { readonly value: unknown; readonly depth: number }[] = [{ value, depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue;
    if (next.depth >= limit) return true;
    for (const item of Object.values(next.value)) open.push({ value: item, depth: next.depth + 1 });
  }
  return false;
}
