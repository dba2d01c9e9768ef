import { isObject } from '../json.ts';

/**
 * Which fields of an object somebody owns, as a tree: `'all'` is a value with everything below it, a map the parts of a
 * value by their step. A step is written as `metadata.managedFields` writes it in the format FieldsV1
 * (sigs.k8s.io/structured-merge-diff: fieldpath/serialize-pe.go): `f:<name>` is a field of an object, `k:<json>` the item
 * of a list that has these keys.
 */
export type FieldTree = 'all' | ReadonlyMap<string, FieldTree>;

/** No object that an API server stores is nested so deep; below it a set of fields is read as `'all'`. */
const DEPTH_LIMIT = 64;

/**
 * The union of several sets of fields.
 *
 * @param sets each a `fieldsV1` of `metadata.managedFields`, of any shape: what can't be read owns all of its value
 * @returns an empty map for no sets
 */
export function fieldTree(sets: readonly unknown[]): FieldTree {
  return unionOf(sets, 0);
}

/** A set without steps is a leaf, which owns all of its value; `.` is the value itself, without what is below it. */
function unionOf(sets: readonly unknown[], depth: number): FieldTree {
  const bySteps = new Map<string, unknown[]>();
  for (const set of sets) {
    const steps = typeof set === 'object' && set !== null ? Object.entries(set) : [];
    const below = steps.filter(([step]) => step !== '.');
    if (depth > 0 && below.length === 0) return 'all';
    for (const [step, part] of below) {
      const name = canonicalStep(step);
      // Items of a list that are identified by value or place have no keys: such a list is answered whole.
      if (name === undefined) return 'all';
      const parts = bySteps.get(name);
      if (parts) parts.push(part);
      else bySteps.set(name, [part]);
    }
  }
  if (depth >= DEPTH_LIMIT) return 'all';
  return new Map([...bySteps].map(([step, parts]) => [step, unionOf(parts, depth + 1)]));
}

/** One spelling for a step, so that two sets that own one item meet. */
function canonicalStep(step: string): string | undefined {
  if (step.startsWith('f:')) return step;
  const keys = step.startsWith('k:') ? parseKeys(step.slice(2)) : undefined;
  return keys && itemStep(keys);
}

/** A key of a list item, such as `containerPort` and 8080. */
type Key = readonly [name: string, value: unknown];

/** The step to the item of a list that has these keys. */
export const itemStep = (keys: readonly Key[]): string =>
  `k:${JSON.stringify(Object.fromEntries([...keys].sort(([a], [b]) => (a < b ? -1 : 1))))}`;

/** The names of the keys in a step of a tree, in the order of the alphabet; undefined if it leads to no list item. */
export const itemKeys = (step: string): string[] | undefined =>
  step.startsWith('k:') ? parseKeys(step.slice(2))?.map(([name]) => name) : undefined;

/** Undefined for keys of another form than an API server writes. */
function parseKeys(json: string): Key[] | undefined {
  try {
    const keys: unknown = JSON.parse(json);
    if (!isObject(keys)) return undefined;
    const entries = Object.entries(keys);
    return entries.length > 0 && entries.every(([, value]) => isScalar(value)) ? entries : undefined;
  } catch {
    return undefined;
  }
}

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);
