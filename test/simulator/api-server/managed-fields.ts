import { clone, isObject, type Json, type JsonObject, type KubeObject, listAt } from '../json.ts';
import {
  compare,
  difference,
  emptySet,
  type FieldSet,
  fieldsOf,
  isEmpty,
  itemKey,
  partsOf,
  readFields,
  union,
  writeFields,
} from './field-set.ts';
import { type Shapes, shapeOf } from './schema.ts';

/** Who writes, and through which door. */
export interface Author {
  readonly manager: string;
  readonly operation: 'Update' | 'Apply';
  readonly subresource?: string;
  readonly apiVersion: string;
}

interface Entry extends Author {
  readonly set: FieldSet;
  readonly time: string | undefined;
}

const notOwned = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'selfLink',
  'managedFields',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
] as const;

/** An object without what nobody can own. */
function ownable(object: KubeObject | undefined): JsonObject {
  if (!object) return {};
  const { apiVersion, kind, metadata, ...rest } = object;
  const owned: JsonObject = { ...metadata };
  for (const field of notOwned) delete owned[field];
  return Object.keys(owned).length > 0 ? { ...rest, metadata: owned } : rest;
}

function readEntries(object: KubeObject | undefined): Entry[] {
  return (listAt(object, 'metadata', 'managedFields') as JsonObject[]).map((entry) => ({
    manager: String(entry['manager']),
    operation: entry['operation'] as Author['operation'],
    apiVersion: String(entry['apiVersion']),
    ...(entry['subresource'] !== undefined && { subresource: String(entry['subresource']) }),
    set: readFields(entry['fieldsV1'] as JsonObject),
    time: entry['time'] as string | undefined,
  }));
}

function writeEntries(entries: readonly Entry[]): Json[] {
  const kept = entries.filter(({ set }) => !isEmpty(set));
  kept.sort(
    (left, right) =>
      order(left.operation, right.operation) ||
      order(left.time ?? '', right.time ?? '') ||
      order(left.manager, right.manager) ||
      order(left.subresource ?? '', right.subresource ?? ''),
  );
  return kept.map(({ manager, operation, subresource, apiVersion, set, time }) => ({
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1: writeFields(set),
    manager,
    operation,
    ...(subresource !== undefined && { subresource }),
    ...(time !== undefined && { time }),
  }));
}

const order = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

const isBy = (author: Author) => (entry: Entry) =>
  entry.manager === author.manager &&
  entry.operation === author.operation &&
  entry.apiVersion === author.apiVersion &&
  entry.subresource === author.subresource;

/**
 * managedFields after a plain write (create, update, patch): the author comes to own what changed, everybody else
 * loses it, and nobody owns what is gone. The entry's time moves only when the author took a field.
 */
export function afterUpdate(
  shapes: Shapes,
  before: KubeObject | undefined,
  after: KubeObject,
  author: Author,
  time: string,
): Json[] {
  const { changed, removed } = compare(shapes, ownable(before), ownable(after));
  const gone = union(changed, removed);
  const entries = readEntries(before).map((entry) => ({ ...entry, set: difference(entry.set, gone) }));
  if (isEmpty(changed)) return writeEntries(entries);
  const previous = readEntries(before).find(isBy(author));
  const own = previous ? difference(previous.set, removed) : emptySet();
  const others = entries.filter((entry) => !isBy(author)(entry));
  return writeEntries([...others, { ...author, set: union(own, changed), time }]);
}

export interface Applied {
  readonly object: KubeObject;
  readonly managedFields: Json[];
}

/**
 * Server-side apply, forced: the configuration is merged in, the author owns exactly its fields, others lose those
 * whose value it changed, and fields that the author no longer sends and nobody else owns are removed.
 */
export function apply(
  shapes: Shapes,
  live: KubeObject | undefined,
  config: KubeObject,
  author: Author,
  time: string,
): Applied {
  const { kind } = config;
  const wanted = ownable(config);
  const fresh = fieldsOf(shapes, wanted);
  const entries = live ? withFormerOwner(shapes, live, author) : [];
  const last = entries.find(isBy(author));
  const others = entries.filter((entry) => !isBy(author)(entry));
  const kept = others.reduce((all, { set }) => union(all, set), fresh);
  const base = ownable(live);
  const merged = mergeInto(shapes, '', base, wanted) as JsonObject;
  const pruned = last ? (prune(shapes, '', merged, last.set, kept) as JsonObject) : merged;
  const { changed, removed } = compare(shapes, base, pruned);
  const moved = !isEmpty(changed) || !isEmpty(removed);
  const gone = union(changed, removed);
  const managedFields = writeEntries([
    ...others.map((entry) => ({ ...entry, set: difference(entry.set, gone) })),
    // An apply that changes nothing leaves the entry's time alone, and a new entry without one.
    { ...author, set: fresh, time: moved || !live ? time : last?.time },
  ]);
  const { metadata, ...rest } = pruned;
  const system: JsonObject = {};
  for (const field of notOwned) {
    const value =
      live?.metadata[field] ??
      (field === 'name' || field === 'namespace' ? config.metadata[field] : undefined);
    if (value !== undefined) system[field] = value;
  }
  const object = {
    apiVersion: config.apiVersion,
    kind,
    ...rest,
    metadata: { ...(metadata as JsonObject), ...system },
  } as KubeObject;
  return { object: clone(object), managedFields };
}

/** What is there before anybody is known to own it belongs to nobody in particular, and stays. */
function withFormerOwner(shapes: Shapes, live: KubeObject, { apiVersion }: Author): Entry[] {
  const entries = readEntries(live);
  if (entries.length > 0) return entries;
  const set = fieldsOf(shapes, ownable(live));
  return [{ manager: 'before-first-apply', operation: 'Update', apiVersion, set, time: undefined }];
}

function mergeInto(shapes: Shapes, path: string, live: Json | undefined, config: Json): Json {
  const parts = partsOf(shapes, path, config);
  if (!parts || live === undefined) return clone(config);
  if (isObject(config) && isObject(live)) {
    const merged: JsonObject = { ...live };
    for (const [key, value] of Object.entries(config)) {
      if (value === undefined) continue;
      merged[key] = mergeInto(shapes, path === '' ? key : `${path}.${key}`, live[key], value);
    }
    return merged;
  }
  if (!Array.isArray(config) || !Array.isArray(live)) return clone(config);
  const shape = shapeOf(shapes, path, config);
  const keyOf = (item: Json) =>
    shape === 'set' ? JSON.stringify(item) : itemKey(shape as readonly string[], item);
  const liveItems = new Map(live.map((item) => [keyOf(item), item]));
  const mergedItems = config.map((item) => mergeInto(shapes, `${path}[]`, liveItems.get(keyOf(item)), item));
  const applied = new Map(config.map((item, index) => [keyOf(item), mergedItems[index] as Json]));
  return [
    ...live.map((item) => applied.get(keyOf(item)) ?? item),
    ...config.filter((item) => !liveItems.has(keyOf(item))).map((item) => applied.get(keyOf(item)) as Json),
  ];
}

/** Removes what the author applied last time and nobody owns now. */
function prune(shapes: Shapes, path: string, value: Json, last: FieldSet, kept: FieldSet): Json {
  const parts = partsOf(shapes, path, value);
  if (!parts) return value;
  const stays = (key: string) => !last.children.has(key) || kept.children.has(key);
  const below = (key: string, part: Json, partPath: string): Json => {
    const [was, is] = [last.children.get(key), kept.children.get(key)];
    return was && is ? prune(shapes, partPath, part, was, is) : part;
  };
  if (isObject(value)) {
    const pruned: JsonObject = {};
    for (const [key, part] of parts) {
      if (stays(key)) pruned[key.slice(2)] = below(key, part.value, part.path);
    }
    return pruned;
  }
  return [...parts].filter(([key]) => stays(key)).map(([key, part]) => below(key, part.value, part.path));
}
