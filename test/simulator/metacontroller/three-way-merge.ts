import { clone, isObject, type Json, type JsonObject } from '../json.ts';

/** What dynamic apply can't read, which Metacontroller reports as a sync error. */
export class MergeError extends Error {}

/** Tried in this order: the first that all items of all three lists have is the key of the list. */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'] as const;

/**
 * Dynamic apply: what changed from `lastApplied` to `desired`, done to `observed`. Fields that were applied once and
 * are no longer desired go; fields of others stay; lists of objects with a common key merge by it, other lists are
 * replaced whole. Where an object or a list meets a value of another type, that counts as null.
 */
export function threeWayMerge(
  observed: JsonObject,
  lastApplied: JsonObject | undefined,
  desired: JsonObject,
): JsonObject {
  return merge(clone(observed), lastApplied, desired) as JsonObject;
}

function merge(observed: Json | undefined, lastApplied: Json | undefined, desired: Json): Json {
  if (isObject(observed)) {
    return mergeObject(observed, isObject(lastApplied) ? lastApplied : {}, isObject(desired) ? desired : {});
  }
  if (Array.isArray(observed)) {
    return mergeList(observed, listOf(lastApplied), listOf(desired));
  }
  return clone(desired);
}

const listOf = (value: Json | undefined): Json[] => (Array.isArray(value) ? value : []);

function mergeObject(observed: JsonObject, last: JsonObject, desired: JsonObject): JsonObject {
  for (const key of Object.keys(last)) if (desired[key] === undefined) delete observed[key];
  for (const [key, value] of Object.entries(desired)) {
    if (value !== undefined) observed[key] = merge(observed[key], last[key], value);
  }
  return observed;
}

function mergeList(observed: Json[], last: Json[], desired: Json[]): Json[] {
  const key = commonKey([...observed, ...last, ...desired]);
  if (key === undefined) return clone(desired);
  const idOf = (item: Json): string => String((item as JsonObject)[key]);
  const asMap = (list: Json[]): JsonObject => Object.fromEntries(list.map((item) => [idOf(item), item]));
  const merged = mergeObject(asMap(observed), asMap(last), asMap(desired));
  const ids = [...observed, ...desired].map(idOf);
  // An item that is twice in the observed list comes back twice, as the merged one.
  const kept = observed.map(idOf).filter((id) => merged[id] !== undefined);
  const added = [...new Set(ids)].filter((id) => merged[id] !== undefined && !kept.includes(id));
  return [...kept, ...added].map((id) => merged[id] as Json);
}

function commonKey(items: readonly Json[]): string | undefined {
  if (!items.every(isObject) || items.length === 0) return undefined;
  return mergeKeys.find((key) => items.every((item) => item[key] !== undefined));
}
