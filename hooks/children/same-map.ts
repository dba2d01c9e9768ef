import type { JsonObject } from '../json.ts';

/** Whether two maps of texts or numbers hold the same. */
export const isSameMap = (a: JsonObject, b: JsonObject) =>
  Object.keys(a).length === Object.keys(b).length &&
  Object.entries(b).every(([key, value]) => a[key] === value);
