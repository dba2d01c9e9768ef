import { isDeepStrictEqual } from 'node:util';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { shorten } from '../../../hooks/problem.ts';
import { isMoving } from '../moving-image.ts';

/** What becomes of a pod template that somebody else made when ours is applied over it. */
export interface PodChanges {
  /** Each field that is set to something else, as a sentence without a full stop. */
  readonly changes: readonly string[];
  /** What the other one set, and ours does not name: a merge leaves it. */
  readonly stays: readonly string[];
}

/** What the items of a list are known by: the first that all of them have (Metacontroller: pkg/dynamic/apply/apply.go). */
const mergeKeys = ['containerPort', 'port', 'mountPath', 'name', 'uid', 'ip', 'path'] as const;

/**
 * Compares the pod template of a Deployment with ours, as Metacontroller applies it to a child that it never applied
 * before: nothing is removed.
 *
 * @param observed a Deployment of any shape
 * @param desired the one that the hook answers
 */
export function podChanges(observed: JsonObject, desired: JsonObject): PodChanges {
  const before = templateOf(observed);
  const found: { changes: string[]; stays: string[] } = { changes: [], stays: [] };
  compare(before, templateOf(desired), '', found);
  found.stays.push(...pullPolicies(before, templateOf(desired)));
  return found;
}

const templateOf = (deployment: JsonObject): JsonObject => objectOf(objectOf(deployment['spec'])['template']);

interface Found {
  readonly changes: string[];
  readonly stays: string[];
}

function compare(before: unknown, after: unknown, path: string, found: Found): void {
  if (isDeepStrictEqual(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const [name, value] of Object.entries(after)) compare(before[name], value, below(path, name), found);
    return;
  }
  const items = Array.isArray(before) && Array.isArray(after) ? keyed(before, after) : undefined;
  if (items) {
    for (const [id, item] of items.after) compare(items.before.get(id), item, `${path}[${id}]`, found);
    const left = [...items.before.keys()].filter((id) => !items.after.has(id));
    found.stays.push(...left.map((id) => `${path}[${id}]`));
    return;
  }
  found.changes.push(
    before === undefined
      ? `${path} is added: ${wordOf(after)}`
      : `${path} becomes ${wordOf(after)}, and is ${wordOf(before)} now`,
  );
}

/** Labels and annotations have dots in their names. */
const below = (path: string, name: string): string => {
  const step = /^\w+$/.test(name) ? name : `["${name}"]`;
  return path === '' ? step : `${path}${step.startsWith('[') ? '' : '.'}${step}`;
};

const wordOf = (value: unknown): string => shorten(JSON.stringify(value) ?? '', 160);

/** The items of two lists that a merge matches, by what they are known by; undefined for lists that it replaces. */
function keyed(before: readonly unknown[], after: readonly unknown[]) {
  const all = [...before, ...after];
  const key = all.every(isObject) ? mergeKeys.find((name) => all.every((item) => name in item)) : undefined;
  if (key === undefined) return undefined;
  const byKey = (list: readonly unknown[]) =>
    new Map(list.map((item) => [String(objectOf(item)[key]), objectOf(item)]));
  return { before: byKey(before), after: byKey(after) };
}

/** A pull policy that is not the one that the image would have by default. */
function pullPolicies(before: JsonObject, after: JsonObject): string[] {
  return ['initContainers', 'containers'].flatMap((list) => {
    const ours = new Map(objectsOf(objectOf(after['spec'])[list]).map((each) => [each['name'], each]));
    return objectsOf(objectOf(before['spec'])[list]).flatMap(({ name, imagePullPolicy }) => {
      const container = ours.get(name);
      if (!container || container['imagePullPolicy'] !== undefined || imagePullPolicy === undefined)
        return [];
      const byDefault = isMoving(textOf(container['image'])) ? 'Always' : 'IfNotPresent';
      return imagePullPolicy === byDefault
        ? []
        : [`spec.${list}[${String(name)}].imagePullPolicy, which is ${wordOf(imagePullPolicy)}`];
    });
  });
}
