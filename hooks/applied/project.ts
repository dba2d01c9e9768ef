import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../json.ts';
import { type FieldTree, itemKeys, itemStep } from './field-tree.ts';

/** What names the parts of a value that are to be kept; a part that either of the two names is. */
export interface Parts {
  /** Fields that are owned. */
  readonly owned?: FieldTree | undefined;
  /** A value of the same kind: only which fields and items it has counts, never what they hold. */
  readonly shape?: unknown;
  /** Whether to keep parts also of what server-side apply replaces whole. */
  readonly divides?: boolean;
}

/** What names parts of a value that is not owned as a whole. */
type Named = Omit<Parts, 'owned'> & { readonly owned?: Exclude<FieldTree, 'all'> | undefined };

/** No object that an API server stores is nested so deep: what is below is left out. */
const DEPTH_LIMIT = 100;

/**
 * Lists of which server-side apply sees the items; it replaces every other list whole (k8s.io/api: `listType=map`).
 * `imagePullSecrets` is one in pods and not in ServiceAccounts.
 */
const listsOfItems: ReadonlySet<string> = new Set([
  ...['containers', 'initContainers', 'ephemeralContainers', 'volumes', 'hostAliases'],
  ...['env', 'ports', 'volumeMounts', 'volumeDevices'],
]);

/** Objects that server-side apply replaces whole (k8s.io/api: `mapType=atomic`, `structType=atomic`). */
const wholeObjects: ReadonlySet<string> = new Set([
  ...['selector', 'labelSelector', 'namespaceSelector', 'nodeSelector', 'roleRef'],
  ...['secretKeyRef', 'configMapKeyRef', 'fieldRef', 'resourceFieldRef'],
]);

/**
 * The parts of a value that are named, as they are observed. Nothing in the result comes from what names it: applied
 * over the observed value, the result changes nothing and removes nothing that is named.
 *
 * What either apply strategy replaces whole is kept whole, unless a shape shows that all that was applied is observed; so is
 * a value where it is not clear which part is named.
 * Fields that hold null are left out, since to Kubernetes they are absent.
 *
 * @param observed a JSON value
 * @param parts at least one of the two is given
 */
export function project(observed: unknown, parts: Parts): unknown {
  return projectValue(observed, parts, '', 0);
}

/** @param field the name of the field that holds the value, or the list that holds it */
function projectValue(observed: unknown, parts: Parts, field: string, depth: number): unknown {
  if (typeof observed !== 'object' || observed === null) return observed;
  if (depth > DEPTH_LIMIT) return undefined;
  const isWhole = Array.isArray(observed) ? !listsOfItems.has(field) : wholeObjects.has(field);
  const { owned, ...others } = parts;
  const isKeptWhole = isWhole && !parts.divides && !covers(observed, parts.shape);
  if (isKeptWhole || owned === 'all' || !isSameKind(observed, parts.shape)) {
    return copyWhole(observed, depth);
  }
  const named = { owned, ...others };
  return isObject(observed)
    ? projectObject(observed, named, depth)
    : projectList(listOf(observed), named, depth);
}

/**
 * Whether a shape has parts, and all of them are observed: then it is what was applied to this value, and what is beside
 * it was added by others. Otherwise it is the shape of something else.
 */
function covers(observed: object, shape: unknown): boolean {
  if (Array.isArray(observed)) {
    const [items, shapes] = [objectsOf(observed), objectsOf(shape)];
    const key = mergeKey([...observed, ...listOf(shape)]);
    if (key === undefined || shapes.length === 0) return false;
    const keys = new Set(items.map((item) => keyText(item[key])));
    return shapes.every((item) => keys.has(keyText(item[key])));
  }
  const names = Object.keys(objectOf(shape));
  return names.length > 0 && names.every((name) => Object.hasOwn(observed, name));
}

/** Whether a shape can name parts of a value: one that is not given names none. */
const isSameKind = (observed: object, shape: unknown) =>
  shape === undefined ||
  (typeof shape === 'object' && shape !== null && Array.isArray(shape) === Array.isArray(observed));

function copyWhole(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEPTH_LIMIT) return undefined;
  if (Array.isArray(value)) return value.map((item) => copyWhole(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, copyWhole(item, depth + 1)]));
}

function projectObject(
  observed: JsonObject,
  { owned, shape, divides = false }: Named,
  depth: number,
): JsonObject {
  const names = new Set(Object.keys(objectOf(shape)));
  for (const step of owned?.keys() ?? []) {
    if (step.startsWith('f:')) names.add(step.slice(2));
  }
  return Object.fromEntries(
    [...names].flatMap((name) => {
      if (!Object.hasOwn(observed, name) || observed[name] === null) return [];
      return [
        [name, projectValue(observed[name], { ...partsOf(name, owned, shape), divides }, name, depth + 1)],
      ];
    }),
  );
}

function partsOf(name: string, owned: Named['owned'], shape: unknown): Parts {
  const shapes = objectOf(shape);
  return {
    owned: owned?.get(`f:${name}`),
    // A null names the field that holds it.
    shape: Object.hasOwn(shapes, name) ? (shapes[name] ?? null) : undefined,
  };
}

/**
 * The items of a list that are named. Dynamic apply replaces a list whole unless all of its items have a key, so one
 * without is kept whole; server-side apply needs the keys of each item, so they are kept as well.
 */
function projectList(
  observed: readonly unknown[],
  { owned, shape, divides = false }: Named,
  depth: number,
): unknown {
  const shapes = listOf(shape);
  const key = mergeKey([...observed, ...shapes]);
  if (key === undefined) return copyWhole(observed, depth);
  // Of several items with one key dynamic apply sees the last.
  const shapeByKey = new Map(objectsOf(shapes).map((item) => [keyText(item[key]), item]));
  const ownedItems = ownedBy(owned);
  if (ownedItems === undefined) return copyWhole(observed, depth);

  return objectsOf(observed).flatMap((item) => {
    const itemShape = shapeByKey.get(keyText(item[key]));
    const found = ownedItems(item);
    if (itemShape === undefined && found === undefined) return [];
    const parts = { owned: found?.tree, shape: itemShape, divides };
    const projected = objectOf(projectValue(item, parts, '', depth + 1));
    const keys = [key, ...(found?.keys ?? [])].map((name) => [name, copyWhole(item[name], depth + 1)]);
    return [{ ...projected, ...Object.fromEntries(keys) }];
  });
}

/** What is owned of an item, and the names of its keys. */
interface OwnedItem {
  readonly tree: FieldTree;
  readonly keys: readonly string[];
}

/** The lists of Kubernetes have one set of keys each; with more than a few, each item would be looked up in all. */
const KEY_SETS_LIMIT = 4;

/** @returns how to look up an item; undefined if the items can't be identified by their keys */
function ownedBy(owned: Named['owned']): ((item: JsonObject) => OwnedItem | undefined) | undefined {
  const keySets = new Map<string, readonly string[]>();
  for (const step of owned?.keys() ?? []) {
    const keys = itemKeys(step);
    if (keys === undefined) return undefined;
    keySets.set(keys.join(), keys);
    if (keySets.size > KEY_SETS_LIMIT) return undefined;
  }
  return (item) => {
    for (const keys of keySets.values()) {
      const tree = owned?.get(itemStep(keys.map((name) => [name, scalar(item[name])])));
      if (tree !== undefined) return { tree, keys };
    }
    return undefined;
  };
}

/** Tried in this order (metacontroller: pkg/dynamic/apply/apply.go, knownMergeKeys). */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'] as const;

/**
 * The key by which dynamic apply identifies the items of a list: the first that all of them have
 * (metacontroller: pkg/dynamic/apply/apply.go, detectListMapKey).
 */
function mergeKey(items: readonly unknown[]): string | undefined {
  if (items.length === 0) return undefined;
  return mergeKeys.find((key) => items.every((item) => isObject(item) && Object.hasOwn(item, key)));
}

/** As Go prints it, for the strings and numbers that keys are. */
const keyText = (value: unknown) => String(scalar(value));

/** Keys are strings and numbers: anything else, of any size and depth, is not looked at. */
const scalar = (value: unknown) => (typeof value === 'object' ? null : value);
