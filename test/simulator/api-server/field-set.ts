import { equal, isObject, type Json, type JsonObject } from '../json.ts';
import { isAlwaysThere, keyDefaults, type Shape, type Shapes, shapeOf } from './schema.ts';

/** A set of fields as a tree: `member` says whether the field itself is in the set, not only fields below it. */
export interface FieldSet {
  member: boolean;
  readonly children: Map<string, FieldSet>;
}

export const emptySet = (): FieldSet => ({ member: false, children: new Map() });

export const isEmpty = (set: FieldSet): boolean => !set.member && set.children.size === 0;

/** Reads `fieldsV1` of a managedFields entry. */
export function readFields(fields: JsonObject): FieldSet {
  const set = emptySet();
  for (const [key, below] of Object.entries(fields)) {
    if (key === '.') continue;
    const child = readFields(isObject(below) ? below : {});
    child.member = isObject(below) && (Object.keys(below).length === 0 || '.' in below);
    set.children.set(key, child);
  }
  return set;
}

/** The inverse of `readFields`. */
export function writeFields(set: FieldSet): JsonObject {
  const fields: JsonObject = {};
  for (const [key, child] of set.children) {
    const below = writeFields(child);
    fields[key] = child.member && child.children.size > 0 ? { '.': {}, ...below } : below;
  }
  return fields;
}

export function union(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = { member: left.member || right.member, children: new Map(left.children) };
  for (const [key, child] of right.children) {
    const other = left.children.get(key);
    result.children.set(key, other ? union(other, child) : child);
  }
  return result;
}

export function difference(left: FieldSet, right: FieldSet): FieldSet {
  const result: FieldSet = { member: left.member && !right.member, children: new Map() };
  for (const [key, child] of left.children) {
    const other = right.children.get(key);
    const rest = other ? difference(child, other) : child;
    if (!isEmpty(rest)) result.children.set(key, rest);
  }
  return result;
}

/** The key of a list item in a path, such as `k:{"name":"http"}`. */
export function itemKey(keys: readonly string[], item: Json): string {
  const values: JsonObject = {};
  for (const key of [...keys].sort()) {
    const value = isObject(item) ? item[key] : undefined;
    values[key] = value ?? keyDefaults[key] ?? null;
  }
  return `k:${JSON.stringify(values)}`;
}

/** The parts of a value under the keys that a path has for them, or undefined for a value that is owned as one. */
export function partsOf(
  shapes: Shapes,
  path: string,
  value: Json | undefined,
): Map<string, { path: string; value: Json }> | undefined {
  const shape: Shape = shapeOf(shapes, path, value);
  if (value === undefined || shape === 'scalar' || shape === 'atomic') return undefined;
  const parts = new Map<string, { path: string; value: Json }>();
  if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      if (part !== undefined)
        parts.set(`f:${key}`, { path: path === '' ? key : `${path}.${key}`, value: part });
    }
  } else if (Array.isArray(value)) {
    for (const item of value) {
      const key = shape === 'set' ? `v:${JSON.stringify(item)}` : itemKey(shape as readonly string[], item);
      parts.set(key, { path: `${path}[]`, value: item });
    }
  }
  return parts;
}

/** The fields of an applied configuration: its leaves, and the items of its lists. */
export function fieldsOf(shapes: Shapes, value: Json, path = ''): FieldSet {
  const parts = partsOf(shapes, path, value);
  if (!parts) return { member: true, children: new Map() };
  const set: FieldSet = { member: parts.size === 0 || path.endsWith('[]'), children: new Map() };
  for (const [key, part] of parts) set.children.set(key, fieldsOf(shapes, part.value, part.path));
  return set;
}

export interface Comparison {
  /** Fields that are new or changed. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** What differs between two versions of an object, field by field. */
export function compare(
  shapes: Shapes,
  before: Json | undefined,
  after: Json | undefined,
  path = '',
): Comparison {
  const changed = emptySet();
  const removed = emptySet();
  if (before === after) return { changed, removed };
  const old = partsOf(shapes, path, before);
  const fresh = partsOf(shapes, path, after);
  if (!old && !fresh) {
    if (before === undefined) changed.member = after !== undefined;
    else if (after === undefined) removed.member = true;
    else changed.member = !equal(before, after);
    return { changed, removed };
  }
  if (!isAlwaysThere(shapes, path)) {
    if (before === undefined) changed.member = true;
    else if (after === undefined) removed.member = true;
    else if (!old || !fresh) changed.member = true;
  }
  for (const key of new Set([...(old?.keys() ?? []), ...(fresh?.keys() ?? [])])) {
    const [was, is] = [old?.get(key), fresh?.get(key)];
    const below = compare(shapes, was?.value, is?.value, (was ?? is)?.path);
    if (!isEmpty(below.changed)) changed.children.set(key, below.changed);
    if (!isEmpty(below.removed)) removed.children.set(key, below.removed);
  }
  return { changed, removed };
}
