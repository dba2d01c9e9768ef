/**
 * What a merge can't heal. Whoever applies our children only removes what it applied itself, so something that
 * another hand put beside ours stays; where there may be one of the two, the API server refuses the child
 * forever (docs/design.md, "Apply"). This finds such things, and says what a child has to be answered as for one
 * call, so that the next one can drop them.
 */

type JsonObject = Readonly<Record<string, unknown>>;

/** Where things of another hand can collide with ours below a field. */
export interface CollisionRule {
  readonly fields?: Readonly<Record<string, CollisionRule>>;
  /** A list whose items are told apart by this field. */
  readonly key?: string;
  /** A field that no two items of the list may share. */
  readonly unique?: string;
  /** Fields of which an object may have one; `*` for all but the key. */
  readonly oneOf?: readonly string[] | '*';
  /** A map that means something else with any key more. */
  readonly closed?: true;
  /** The rule of an item of the list. */
  readonly item?: CollisionRule;
}

/** A value to answer for one call, and what of another hand is taken over with it. */
export interface Adoption {
  readonly value: unknown;
  readonly foreign: readonly string[];
}

/**
 * Whether anything there could collide, whoever put it there: mostly nothing does, and then nothing has to be read
 * of what was applied last. Says yes wherever `adopt` might find something.
 */
export function mayCollide(desired: unknown, observed: unknown, rule: CollisionRule): boolean {
  if (Array.isArray(desired)) {
    return listOf(observed).some((item) => {
      const ours = desired.find((other) => isObject(other) && other[rule.key ?? ''] === item[rule.key ?? '']);
      return ours
        ? rule.item !== undefined && mayCollide(ours, item, rule.item)
        : rule.unique !== undefined &&
            desired.some((other) => isObject(other) && shares(other, item, rule.unique));
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

const shares = (a: JsonObject, b: JsonObject, unique = '') =>
  a[unique] !== undefined && a[unique] === b[unique];

/**
 * @param desired what we want, @param observed what is there, @param applied what we applied last: of one field
 * @returns the desired value where nothing collides; otherwise with our side of each collision replaced by theirs
 */
export function adopt(desired: unknown, observed: unknown, applied: unknown, rule: CollisionRule): Adoption {
  if (Array.isArray(desired)) return adoptItems(desired, listOf(observed), listOf(applied), rule);
  if (!isObject(desired) || !isObject(observed)) return { value: desired, foreign: [] };
  const before = isObject(applied) ? applied : {};
  const added = Object.keys(observed).filter((name) => !(name in desired) && !(name in before));
  const colliding = added.filter((name) => rule.closed || isAlternative(name, rule));
  if (colliding.length > 0) return { value: observed, foreign: colliding };

  const results = Object.entries(rule.fields ?? {})
    .filter(([name]) => name in desired)
    .map(([name, field]) => ({ name, ...adopt(desired[name], observed[name], before[name], field) }));
  return {
    value: { ...desired, ...Object.fromEntries(results.map(({ name, value }) => [name, value])) },
    foreign: results.flatMap(({ name, foreign }) => foreign.map((what) => `${name} ${what}`)),
  };
}

function adoptItems(
  desired: readonly unknown[],
  observed: readonly JsonObject[],
  applied: readonly JsonObject[],
  rule: CollisionRule,
): Adoption {
  const { key = '', unique } = rule;
  const find = (items: readonly JsonObject[], item: JsonObject) =>
    items.find((other) => other[key] === item[key]);
  const ours = desired.filter(isObject);
  const foreign = observed.filter((item) => !find(ours, item) && !find(applied, item));
  const colliding = foreign.filter((item) => ours.some((other) => shares(item, other, unique)));
  const kept = ours
    .filter((item) => !colliding.some((other) => shares(item, other, unique)))
    .map((item) => ({ item, ...adopt(item, find(observed, item), find(applied, item), rule.item ?? {}) }));
  return {
    value: [...kept.map(({ value }) => value), ...colliding],
    foreign: [
      ...colliding.map((item) => `${item[key]} (${unique} ${item[unique ?? '']})`),
      ...kept.flatMap(({ item, foreign: inner }) => inner.map((what) => `${item[key]} ${what}`)),
    ],
  };
}

function isAlternative(name: string, { oneOf }: CollisionRule): boolean {
  return oneOf === '*' || (oneOf?.includes(name) ?? false);
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const listOf = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);
