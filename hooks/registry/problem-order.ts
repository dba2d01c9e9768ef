import { Kind, type TSchema } from '@sinclair/typebox';
import type { Problem } from '../problem.ts';
import { MCPRegistrySpec } from './spec.ts';

/**
 * Puts problems in the order of the spec as `kubectl explain` lists it, whatever the order in which it was
 * written or in which they were found; the first of a field stays.
 */
export function sortBySpecOrder(problems: readonly Problem[]): Problem[] {
  const places = new Map(problems.map((problem) => [problem, placeOf(problem.field)]));
  const sorted = [...problems].sort((a, b) => comparePlaces(places.get(a) ?? [], places.get(b) ?? []));
  const seen = new Set<string>();
  return sorted.filter(({ field }) => !seen.has(field) && seen.add(field));
}

/** Rank and name of each step to a field: names that the schema knows in its order, then others by the alphabet. */
type Place = readonly (readonly [rank: number, name: string])[];

function placeOf(field: string): Place {
  const [root = '', ...steps] = field.split(/\.|\[|\]\.?/).filter(Boolean);
  let schema: TSchema | undefined = root === 'spec' ? MCPRegistrySpec : undefined;
  return [
    [root === 'spec' ? 1 : 0, root],
    ...steps.map((step): [number, string] => {
      if (/^\d+$/.test(step)) {
        schema = schema?.[Kind] === 'Array' ? schema['items'] : undefined;
        return [Number(step), ''];
      }
      const names = Object.keys(schema?.['properties'] ?? {});
      schema = schema?.['properties']?.[step];
      return [names.includes(step) ? names.indexOf(step) : names.length, step];
    }),
  ];
}

function comparePlaces(a: Place, b: Place): number {
  for (const [index, [rank, name]] of a.entries()) {
    const [otherRank, otherName] = b[index] ?? [-1, ''];
    if (rank !== otherRank) return rank - otherRank;
    if (name !== otherName) return name < otherName ? -1 : 1;
  }
  return a.length - b.length;
}
