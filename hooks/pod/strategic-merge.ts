/**
 * Strategic merge patch, as the API server and kubectl merge pods
 * (https://github.com/kubernetes/community/blob/main/contributors/devel/sig-api-machinery/strategic-merge-patch.md;
 * apimachinery: pkg/util/strategicpatch). Knows the directives that people write: `null`, `$patch`,
 * `$retainKeys` and `$deleteFromPrimitiveList`; `$setElementOrder`, which only kubectl writes, is passed over.
 */

/** How the lists below a field are merged; a list that is not told of is replaced whole. */
export interface MergeRule {
  /** The field that tells items apart; `same` where that is not the whole story. */
  readonly key?: string;
  readonly same?: (a: JsonObject, b: JsonObject) => boolean;
  /** A list of scalars that is joined. */
  readonly set?: true;
  readonly fields?: Readonly<Record<string, MergeRule>>;
}

export type JsonObject = Readonly<Record<string, unknown>>;

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

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Applies a patch to an object; neither is changed.
 *
 * @throws {PatchError} for a directive that is unknown or of another type, and an item without its key
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
  for (const [name, value] of Object.entries(patch)) {
    const at = `${pointer}/${name}`;
    if (name.startsWith('$deleteFromPrimitiveList/')) {
      const list = name.slice(name.indexOf('/') + 1);
      merged.set(list, deleteScalars(merged.get(list), value, at));
    } else if (name.startsWith('$')) {
      if (!/^\$(patch|retainKeys|setElementOrder\/.+)$/.test(name)) {
        throw new PatchError(at, 'is no directive of a strategic merge patch');
      }
    } else if (value === null) {
      merged.delete(name);
    } else if (!merged.has(name) && isObject(value) && value['$patch'] === 'delete') {
      // Nothing is there to be emptied.
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
  const before: unknown[] = Array.isArray(original) ? original : [];
  if (rule.set) {
    const items = [...new Set(patch)];
    const patched = items.map((item) => ({ before: before.includes(item) ? item : undefined, item }));
    return inOrder([...new Set(before)], patched);
  }
  return patch.map((item, index) =>
    isObject(item) ? mergeObjects({}, item, {}, `${pointer}/${index}`) : item,
  );
}

/** `$retainKeys` clears all fields of the original that it does not list. */
function retained(original: JsonObject, patch: JsonObject, pointer: string): JsonObject {
  const keys = patch['$retainKeys'];
  if (keys === undefined) return original;
  if (!Array.isArray(keys)) throw new PatchError(`${pointer}/$retainKeys`, 'must be a list of field names');
  const stray = Object.entries(patch).find(
    ([name, value]) => !name.startsWith('$') && value !== null && !keys.includes(name),
  );
  if (stray) throw new PatchError(`${pointer}/${stray[0]}`, 'is set, but not listed in $retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([name]) => keys.includes(name)));
}

function deleteScalars(list: unknown, values: unknown, pointer: string): unknown[] {
  if (!Array.isArray(values)) throw new PatchError(pointer, 'must be a list of values');
  return Array.isArray(list) ? list.filter((item) => !values.includes(item)) : [];
}

function mergeItems(
  original: readonly JsonObject[] | undefined,
  patch: readonly unknown[],
  rule: MergeRule,
  pointer: string,
) {
  const items = patch.map((item, index) => checkedItem(item, rule, `${pointer}/${index}`));
  const same = sameBy(rule);
  const replaces = items.some((item) => item['$patch'] === 'replace');
  const plain = items.filter((item) => item['$patch'] !== 'replace' && item['$patch'] !== 'delete');
  const deleted = items.filter((item) => item['$patch'] === 'delete');
  const there = original !== undefined && !replaces;
  const kept = !there ? [] : original.filter((item) => !deleted.some((other) => same(item, other)));

  const patched: { before: JsonObject | undefined; item: JsonObject }[] = [];
  for (const item of plain) {
    const at = `${pointer}/${items.indexOf(item)}`;
    // Where there was no list, what is given is the list, and may hold a key twice.
    const again = there && patched.find((other) => same(other.item, item));
    if (again) {
      again.item = mergeObjects(again.item, item, rule, at);
    } else {
      const before = kept.find((other) => same(other, item));
      patched.push({ before, item: mergeObjects(before ?? {}, item, rule, at) });
    }
  }
  return inOrder(kept, patched);
}

/**
 * Patched items keep the order of the patch, the others theirs. One of the others comes before the first
 * patched item that it preceded in the original: so what a patch adds comes first.
 */
function inOrder<T>(
  original: readonly T[],
  patched: readonly { readonly before: T | undefined; readonly item: T }[],
): T[] {
  const rest = original.filter((item) => !patched.some(({ before }) => before === item));
  const result: T[] = [];
  for (const { before, item } of patched) {
    while (
      before !== undefined &&
      rest[0] !== undefined &&
      original.indexOf(rest[0]) < original.indexOf(before)
    ) {
      result.push(...rest.splice(0, 1));
    }
    result.push(item);
  }
  return [...result, ...rest];
}

function checkedItem(item: unknown, { key = '', same }: MergeRule, pointer: string): JsonObject {
  if (!isObject(item)) throw new PatchError(pointer, 'must be an object');
  if (item['$patch'] !== 'replace' && item[key] === undefined && !same) {
    throw new PatchError(`${pointer}/${key}`, 'is required: it tells which item is meant');
  }
  return item;
}

const sameBy =
  ({ key = '', same }: MergeRule) =>
  (a: JsonObject, b: JsonObject) =>
    same ? same(a, b) : a[key] === b[key];

const without = (object: JsonObject, name: string): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
