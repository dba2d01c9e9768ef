import fc from 'fast-check';

/** One thing that goes wrong with a JSON value. */
interface Mutation {
  /** Which of its places, counted round. */
  readonly where: number;
  readonly how: 'replace' | 'remove' | 'repeat' | 'add';
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  where: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'repeat', 'add'),
  value: fc.oneof(
    fc.constantFrom(null, '', 0, -1, [], {}, '..', 'a.b', 'http://x'),
    fc.jsonValue({ maxDepth: 2 }),
  ),
});

/** Values with one to three things gone wrong somewhere in them. */
export const mutated = (values: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.tuple(values, fc.array(mutation, { minLength: 1, maxLength: 3 })).map(([value, mutations]) => {
    const copy = { root: structuredClone(value) };
    for (const { value: given, ...how } of mutations) mutate(copy, { ...how, value: structuredClone(given) });
    return copy.root;
  });

type Holder = Record<string, unknown>;

function mutate(root: Holder, { where, how, value }: Mutation): void {
  const places = placesIn(root);
  const place = places[where % places.length];
  if (!place) return;
  const { holder, key } = place;
  const found = holder[key];
  if (how === 'replace') holder[key] = value;
  else if (how === 'add' && isHolder(found)) add(found, value);
  else if (how === 'repeat' && Array.isArray(holder)) holder.push(structuredClone(found));
  else if (how === 'remove' && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (how === 'remove') delete holder[key];
}

function add(holder: Holder, value: unknown): void {
  if (Array.isArray(holder)) holder.push(value);
  else holder['added'] = value;
}

const isHolder = (value: unknown): value is Holder => typeof value === 'object' && value !== null;

/** Every place of a value, lists and objects included: what holds it and under which key. */
function placesIn(holder: Holder): { readonly holder: Holder; readonly key: string }[] {
  return Object.keys(holder).flatMap((key) => {
    const value = holder[key];
    return [{ holder, key }, ...(isHolder(value) ? placesIn(value) : [])];
  });
}
