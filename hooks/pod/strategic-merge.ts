/**
 * Strategic merge patch, as the API server and kubectl merge pods
 * (https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md;
 * apimachinery: pkg/util/strategicpatch). Supports the directives that people write: `null`, `$patch`, `$retainKeys` and
 * `$deleteFromPrimitiveList`. Ignores `$setElementOrder`, which only kubectl writes.
 */

import { isObject, type JsonObject, listOf, pointerBelow } from '../json.ts';

/** How the lists below a field are merged. A list without a rule is replaced as a whole. */
export interface MergeRule {
  /** The field that identifies an item. */
  readonly key?: string;
  /** Where one field is not enough: items that share any of these keys are the same item. */
  readonly keysOf?: (item: JsonObject) => readonly unknown[];
  /** A list of scalars that is merged as a set. */
  readonly set?: true;
  /** Fields of which an object has one: one that the patch sets takes the place of the others. */
  readonly oneOf?: readonly string[];
  readonly fields?: Readonly<Record<string, MergeRule>>;
}

/** A patch that can't be applied. */
export class PatchError extends Error {
  /** JSON pointer into the patch. */
  readonly pointer: string;

  constructor(pointer: string, message: string) {
    super(message);
    this.name = 'PatchError';
    this.pointer = pointer;
  }
}

/**
 * Applies a patch to an object, without changing either.
 *
 * @param pointer JSON pointer to the patch, for errors
 * @throws {PatchError} for a directive that is unknown or of a wrong type, and for an item without its key
 */
export function mergeObjects(
  original: JsonObject,
  patch: JsonObject,
  rule: MergeRule,
  pointer = '',
): JsonObject {
  const directive = patch['$patch'];
  if (directive === 'delete') return {};
  if (directive === 'replace') return mergeObjects({}, without(patch, '$patch'), rule, pointer);
  if (directive !== undefined && directive !== 'merge') {
    throw new PatchError(`${pointer}/$patch`, 'must be one of merge, replace, delete');
  }
  const merged = new Map(Object.entries(retained(original, patch, pointer)));
  for (const name of replacedFields(patch, rule)) merged.delete(name);
  for (const [name, value] of Object.entries(patch)) {
    const at = pointerBelow(pointer, name);
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const list = name.slice(name.indexOf('/') + 1);
      merged.set(list, deleteScalars(merged.get(list), value, at));
    } else if (name.startsWith('$')) {
      if (!/^\$(patch|retainKeys|setElementOrder\/.+)$/.test(name)) {
        throw new PatchError(at, 'is not a directive of a strategic merge patch: remove it');
      }
    } else if (value === null) {
      merged.delete(name);
    } else if (!merged.has(name) && isObject(value) && value['$patch'] === 'delete') {
      // There is nothing to delete.
    } else {
      merged.set(name, mergeValues(merged.get(name), value, rule.fields?.[name] ?? {}, at));
    }
  }
  return Object.fromEntries(merged);
}

function mergeValues(original: unknown, patch: unknown, rule: MergeRule, pointer: string): unknown {
  if (isObject(patch)) return mergeObjects(isObject(original) ? original : {}, patch, rule, pointer);
  if (!Array.isArray(patch)) return patch;
  if (rule.key !== undefined) {
    return mergeItems(Array.isArray(original) ? original : undefined, patch, rule, pointer);
  }
  if (rule.set) {
    const before = new Set(listOf(original));
    const patched = [...new Set(patch)].map((item) => ({
      before: before.has(item) ? item : undefined,
      item,
    }));
    return inOrder([...before], patched);
  }
  return patch.map((item, index) =>
    isObject(item) ? mergeObjects({}, item, {}, `${pointer}/${index}`) : item,
  );
}

/** `$retainKeys` removes all fields of the original that it does not list. */
function retained(original: JsonObject, patch: JsonObject, pointer: string): JsonObject {
  const keys = patch['$retainKeys'];
  if (keys === undefined) return original;
  if (!Array.isArray(keys)) throw new PatchError(`${pointer}/$retainKeys`, 'must be a list of field names');
  const listed = new Set<unknown>(keys);
  const stray = Object.entries(patch).find(
    ([name, value]) => !name.startsWith('$') && value !== null && !listed.has(name),
  );
  if (stray)
    throw new PatchError(
      pointerBelow(pointer, stray[0]),
      'is set, but not listed in $retainKeys: list it there, or remove it',
    );
  return Object.fromEntries(Object.entries(original).filter(([name]) => listed.has(name)));
}

/** The fields of an original in whose place a patch sets another. */
function replacedFields(patch: JsonObject, { oneOf = [] }: MergeRule): readonly string[] {
  const isSet = (value: unknown) => isObject(value) && value['$patch'] !== 'delete';
  return oneOf.some((name) => isSet(patch[name])) ? oneOf.filter((name) => patch[name] === undefined) : [];
}

function deleteScalars(list: unknown, values: unknown, pointer: string): unknown[] {
  if (!Array.isArray(values)) throw new PatchError(pointer, 'must be a list of values');
  const deleted = new Set<unknown>(values);
  return listOf(list).filter((item) => !deleted.has(item));
}

function mergeItems(
  original: readonly JsonObject[] | undefined,
  patch: readonly unknown[],
  rule: MergeRule,
  pointer: string,
) {
  const items = patch.map((item, index) => checkedItem(item, rule, `${pointer}/${index}`));
  const replaces = items.some((item) => item['$patch'] === 'replace');
  const deleted = new ItemIndex(rule);
  for (const item of items) if (item['$patch'] === 'delete') deleted.add(item, item);
  const merges = original !== undefined && !replaces;
  const kept = !merges ? [] : original.filter((item) => !deleted.find(item));

  const originals = new ItemIndex<JsonObject>(rule);
  for (const item of kept) originals.add(item, item);
  const patched: { before: JsonObject | undefined; item: JsonObject }[] = [];
  const patchedBefore = new ItemIndex<(typeof patched)[number]>(rule);
  for (const [index, item] of items.entries()) {
    if (item['$patch'] === 'replace' || item['$patch'] === 'delete') continue;
    const at = `${pointer}/${index}`;
    // Where there was no list, the patch is the list, and may have a key twice.
    const again = merges ? patchedBefore.find(item) : undefined;
    if (again) {
      patchedBefore.remove(again.item, again);
      again.item = mergeObjects(again.item, item, rule, at);
      patchedBefore.add(again.item, again);
    } else {
      const before = originals.find(item);
      const entry = { before, item: mergeObjects(before ?? {}, item, rule, at) };
      patched.push(entry);
      patchedBefore.add(entry.item, entry);
    }
  }
  return inOrder(kept, patched);
}

/** Finds the value that was added first under any key of an item, without a search through all values. */
class ItemIndex<V> {
  readonly #keysOf: (item: JsonObject) => readonly unknown[];
  readonly #byKey = new Map<unknown, { readonly value: V; readonly place: number }>();
  #places = 0;

  constructor({ key = '', keysOf = (item) => [item[key]] }: MergeRule) {
    this.#keysOf = keysOf;
  }

  add(item: JsonObject, value: V): void {
    this.#places += 1;
    for (const key of this.#keysOf(item)) {
      if (!this.#byKey.has(key)) this.#byKey.set(key, { value, place: this.#places });
    }
  }

  remove(item: JsonObject, value: V): void {
    for (const key of this.#keysOf(item)) {
      if (this.#byKey.get(key)?.value === value) this.#byKey.delete(key);
    }
  }

  find(item: JsonObject): V | undefined {
    const found = this.#keysOf(item).flatMap((key) => this.#byKey.get(key) ?? []);
    return found.sort((a, b) => a.place - b.place)[0]?.value;
  }
}

/**
 * Patched items keep the order of the patch, and the others their own. Each of the others comes before the first patched
 * item that it preceded in the original, so that items which a patch adds come first.
 */
function inOrder<T>(
  original: readonly T[],
  patched: readonly { readonly before: T | undefined; readonly item: T }[],
): T[] {
  const patchedBefore = new Set<T | undefined>(patched.map(({ before }) => before));
  const places = new Map<T, number>();
  for (const [place, item] of original.entries()) if (!places.has(item)) places.set(item, place);
  const placeOf = (item: T | undefined) => (item === undefined ? -1 : (places.get(item) ?? -1));

  const rest = original.filter((item) => !patchedBefore.has(item));
  const result: T[] = [];
  let next = 0;
  for (const { before, item } of patched) {
    for (; next < rest.length && placeOf(rest[next]) < placeOf(before); next += 1) {
      // By the condition of the loop, `next` is an index of `rest`.
      result.push(rest[next] as T);
    }
    result.push(item);
  }
  return [...result, ...rest.slice(next)];
}

function checkedItem(item: unknown, { key = '', keysOf }: MergeRule, pointer: string): JsonObject {
  if (!isObject(item)) throw new PatchError(pointer, 'must be an object');
  if (item['$patch'] !== 'replace' && item[key] === undefined && !keysOf) {
    throw new PatchError(`${pointer}/${key}`, 'is required: it identifies the item to merge');
  }
  return item;
}

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
