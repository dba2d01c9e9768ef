import { isObject, type JsonObject } from '../../../hooks/json.ts';

/** A value that is not the same in two objects. */
export interface Difference {
  /** Items of a list by their key where they have one: `spec.containers[registry-api].image`. */
  readonly path: string;
  /** Left out where the path is not there. */
  readonly old?: unknown;
  readonly new?: unknown;
}

/** The fields by which Kubernetes tells the items of its lists apart. */
const keys = ['name', 'mountPath', 'containerPort', 'port', 'topologyKey', 'ip'];

/** Where two JSON values differ, in the order of the new one, and then what only the old one has. */
export function differences(old: unknown, now: unknown): Difference[] {
  const found: Difference[] = [];
  compare(old, now, '');
  return found;

  function compare(before: unknown, after: unknown, path: string): void {
    if (Object.is(before, after)) return;
    if (isObject(before) && isObject(after)) {
      compareObjects(before, after, (key) => joined(path, key));
    } else if (Array.isArray(before) && Array.isArray(after)) {
      compareLists(before, after, path);
    } else {
      found.push({
        path,
        ...(before === undefined ? {} : { old: before }),
        ...(after === undefined ? {} : { new: after }),
      });
    }
  }

  function compareLists(before: readonly unknown[], after: readonly unknown[], path: string): void {
    const key = keys.find((each) => isKeyOf(before, each) && isKeyOf(after, each));
    if (key === undefined) {
      compareObjects({ ...before }, { ...after }, (index) => `${path}[${index}]`);
      return;
    }
    const [olds, news] = [byKey(before, key), byKey(after, key)];
    compareObjects(olds, news, (name) => `${path}[${name.slice(1)}]`);
    const kept = Object.keys(news).filter((name) => Object.hasOwn(olds, name));
    const sorted = Object.keys(olds).filter((name) => Object.hasOwn(news, name));
    if (kept.some((name, index) => name !== sorted[index])) {
      found.push({ path: `${path} (order)`, old: namesOf(sorted), new: namesOf(kept) });
    }
  }

  function compareObjects(before: JsonObject, after: JsonObject, below: (key: string) => string): void {
    for (const key of Object.keys(after)) {
      compare(Object.hasOwn(before, key) ? before[key] : undefined, after[key], below(key));
    }
    for (const key of Object.keys(before)) {
      if (!Object.hasOwn(after, key)) compare(before[key], undefined, below(key));
    }
  }
}

const joined = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

/** Whether each item has a value of its own in a field. */
function isKeyOf(items: readonly unknown[], key: string): boolean {
  const values = items.map((item) => (isObject(item) ? item[key] : undefined));
  return (
    values.every((value) => typeof value === 'string' || typeof value === 'number') &&
    new Set(values.map(String)).size === values.length
  );
}

/** Digits would be sorted before other keys of an object: each key has a mark before it. */
const byKey = (items: readonly unknown[], key: string): JsonObject =>
  Object.fromEntries(items.filter(isObject).map((item) => [`:${item[key]}`, item]));

const namesOf = (marked: readonly string[]): string => marked.map((name) => name.slice(1)).join(', ');
