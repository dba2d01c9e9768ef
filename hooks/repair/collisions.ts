import type { CollisionRule } from '../children/collision-rule.ts';
import { isObject, type JsonObject, objectsOf } from '../json.ts';
import { describe, shorten } from '../problem.ts';

/**
 * Finds what somebody else set beside ours that a merge can't remove (`CollisionRule`), and what a child has to be
 * answered as for one call, so that the next call can remove it.
 */

/** A value to answer for one call, and the names of what somebody else set and it takes over. */
export interface TakeOver<T = unknown> {
  readonly value: T;
  readonly foreign: readonly string[];
}

/**
 * Whether anything observed could collide, whoever set it: mostly nothing does, and then what was applied last need not be
 * read. True wherever `takeOver` might find something.
 */
export function mayCollide(desired: unknown, observed: unknown, rule: CollisionRule): boolean {
  if (Array.isArray(desired)) {
    const ours = objectsOf(desired);
    const byKey = firstBy(ours, rule.key);
    // Only what we did not set needs it.
    let taken: ReturnType<typeof firstBy> | undefined;
    return objectsOf(observed).some((item) => {
      const same = byKey.get(item[rule.key ?? '']);
      if (same) return rule.item !== undefined && mayCollide(same, item, rule.item);
      taken ??= firstBy(ours, rule.unique);
      return taken.has(item[rule.unique ?? '']);
    });
  }
  if (!isObject(desired) || !isObject(observed)) return false;
  if (rule.closed || rule.oneOf) {
    for (const name in observed) {
      if (!(name in desired) && (rule.closed || isAlternative(name, rule))) return true;
    }
  }
  for (const name in rule.fields) {
    const field = rule.fields[name];
    if (field && name in desired && mayCollide(desired[name], observed[name], field)) return true;
  }
  return false;
}

/** The first item with each value of a field; those without it are left out. */
function firstBy(items: readonly JsonObject[], field = ''): ReadonlyMap<unknown, JsonObject> {
  const firsts = new Map<unknown, JsonObject>();
  for (const item of items) {
    const value = item[field];
    if (value !== undefined && !firsts.has(value)) firsts.set(value, item);
  }
  return firsts;
}

/**
 * @param desired the value of one field as it should be
 * @param observed the value as it is
 * @param applied the value as it was applied last
 * @returns the desired value where nothing collides; otherwise with our side of each collision replaced by theirs
 */
export function takeOver(
  desired: unknown,
  observed: unknown,
  applied: unknown,
  rule: CollisionRule,
): TakeOver {
  if (Array.isArray(desired)) return takeOverItems(desired, objectsOf(observed), objectsOf(applied), rule);
  if (!isObject(desired) || !isObject(observed)) return { value: desired, foreign: [] };
  const before = isObject(applied) ? applied : {};
  const added = Object.keys(observed).filter((name) => !(name in desired) && !(name in before));
  const colliding = added.filter((name) => rule.closed || isAlternative(name, rule));
  if (colliding.length > 0) return { value: observed, foreign: colliding };

  const results = Object.entries(rule.fields ?? {})
    .filter(([name]) => name in desired)
    .map(([name, field]) => ({ name, ...takeOver(desired[name], observed[name], before[name], field) }));
  return {
    value: { ...desired, ...Object.fromEntries(results.map(({ name, value }) => [name, value])) },
    foreign: results.flatMap(({ name, foreign }) => foreign.map((what) => `${name} ${what}`)),
  };
}

function takeOverItems(
  desired: readonly unknown[],
  observed: readonly JsonObject[],
  applied: readonly JsonObject[],
  rule: CollisionRule,
): TakeOver {
  const { key = '', unique = '' } = rule;
  const ours = objectsOf(desired);
  const keys = firstBy(ours, key);
  const taken = firstBy(ours, unique);
  const there = firstBy(observed, key);
  const before = firstBy(applied, key);
  const foreign = observed.filter((item) => !keys.has(item[key]) && !before.has(item[key]));
  const colliding = foreign.filter((item) => taken.has(item[unique]));
  const theirs = firstBy(colliding, unique);
  const kept = ours
    .filter((item) => !theirs.has(item[unique]))
    .map((item) => ({
      item,
      ...takeOver(item, there.get(item[key]), before.get(item[key]), rule.item ?? {}),
    }));
  return {
    value: [...kept.map(({ value }) => value), ...colliding],
    foreign: [
      ...colliding.map((item) => `${wordOf(item[key])} (${unique} ${wordOf(item[unique])})`),
      ...kept.flatMap(({ item, foreign: inner }) => inner.map((what) => `${wordOf(item[key])} ${what}`)),
    ],
  };
}

/** What somebody else set may be of any type. */
export const wordOf = (value: unknown): string =>
  shorten(typeof value === 'string' || typeof value === 'number' ? `${value}` : describe(value), 63);

function isAlternative(name: string, { oneOf }: CollisionRule): boolean {
  return oneOf === '*' || (oneOf?.includes(name) ?? false);
}
