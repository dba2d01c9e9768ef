import { isObject } from '../json.ts';

/**
 * A copy of a JSON value with the keys of each object sorted, and without keys whose value is undefined, so that equal
 * values have equal texts. Lists keep their order.
 */
export function sortKeys<T>(value: T): T {
  // Only the order of keys differs.
  return sorted(value) as T;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** The JSON text of a value; equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}
