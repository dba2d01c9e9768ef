import { isObject, type JsonObject } from '../json.ts';

/**
 * A copy of a JSON value with the keys of each object sorted, and without keys whose value is undefined, so that equal
 * values have equal texts. Lists keep their order.
 */
export function sortKeys<T>(value: T): T {
  // Only the order of keys differs.
  return sorted(value) as T;
}

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  return isObject(value) ? mapSorted(value, sorted) : value;
};

/**
 * A new object with the keys of another in sorted order.
 *
 * @param map gives the new value of a key; undefined leaves the key out
 */
export function mapSorted(object: JsonObject, map: (value: unknown, key: string) => unknown): JsonObject {
  const result: Record<string, unknown> = {};
  for (const key of Object.keys(object).sort()) {
    const value = map(object[key], key);
    if (value === undefined) continue;
    // An assignment to this key would set the prototype.
    if (key === '__proto__') Object.defineProperty(result, key, { ...ownField, value });
    else result[key] = value;
  }
  return result;
}

const ownField = { configurable: true, enumerable: true, writable: true };

/** The JSON text of a value; equal values have equal texts. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(sortKeys(value));
}
