import type { TArray } from '@sinclair/typebox';
import { objectOf } from '../json.ts';
import { describe, type Problem } from '../problem.ts';
import { withRules } from './rule.ts';

/** A rule whose problems say what was found, after the message of the CRD. */
interface FoundRule<T> {
  readonly message: string;
  readonly cel: string;
  readonly check: (value: T, field: string) => readonly Problem[];
}

/** A rule about a text. */
export const textRule = (
  message: string,
  cel: string,
  holds: (text: string) => boolean,
): FoundRule<string> => ({
  message,
  cel,
  check: (text, field) => (holds(text) ? [] : [{ field, message: `${message}, found ${describe(text)}` }]),
});

/**
 * Exactly one of some fields is set.
 *
 * @param words the fields as the message lists them
 */
export function exactlyOneOf<F extends string>(
  fields: readonly F[],
  words = fields.join(', '),
): FoundRule<{ readonly [K in F]?: unknown }> {
  const message = `must have exactly one of ${words}`;
  return {
    message,
    cel: hasExactlyOneOf('self', fields),
    check: (value, field) => {
      const set = fields.filter((name) => value[name] !== undefined);
      if (set.length === 1) return [];
      const found = set.length === 0 ? 'none' : set.join(' and ');
      return [{ field, message: `${message}, found ${found}` }];
    },
  };
}

/**
 * At most one of some fields is set.
 *
 * @param words the fields as the message lists them
 */
export function atMostOneOf<F extends string>(
  fields: readonly F[],
  words = fields.join(', '),
): FoundRule<{ readonly [K in F]?: unknown }> {
  const message = `must have at most one of ${words}`;
  return {
    message,
    cel: `[${fields.map((field) => `has(self.${field})`).join(', ')}].filter(set, set).size() <= 1`,
    check: (value, field) => {
      const set = fields.filter((name) => value[name] !== undefined);
      return set.length < 2 ? [] : [{ field, message: `${message}, found ${set.join(' and ')}` }];
    },
  };
}

/**
 * A list whose items have different values of a key. The CRD has it as a list of type map, which needs no CEL.
 *
 * @param fix what to do about two of one key, where it is not plain
 */
export const keyedBy = <S extends TArray>(key: string, list: S, fix?: string): S =>
  withRules({ ...list, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }, [
    // `S` is the schema of a list, but TypeScript does not resolve the static type of a generic schema.
    { check: (items, field) => duplicateProblems(items as readonly unknown[], key, field, fix) },
  ]);

/** A list of different texts. The CRD has it as a list of type set, which needs no CEL. */
export const distinct = <S extends TArray>(list: S): S =>
  withRules({ ...list, 'x-kubernetes-list-type': 'set' }, [
    { check: (items, field) => repeatedProblems(items as readonly unknown[], field) },
  ]);

function repeatedProblems(items: readonly unknown[], field: string): Problem[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) =>
    seen.has(item) || !seen.add(item)
      ? [{ field: `${field}[${index}]`, message: `names ${describe(item)} a second time: remove it` }]
      : [],
  );
}

/** Items of a list that have the key of an earlier one. */
export function duplicateProblems(
  items: readonly unknown[],
  key: string,
  field: string,
  fix?: string,
): Problem[] {
  const firsts = new Map<unknown, number>();
  return items.flatMap((item, index) => {
    const value = objectOf(item)[key];
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    return first === undefined || typeof value !== 'string'
      ? []
      : [
          {
            field: `${field}[${index}].${key}`,
            message: `is taken by ${field}[${first}]: ${describe(value)} must be unique${fix ? `: ${fix}` : ''}`,
          },
        ];
  });
}

/** Whether exactly one of the fields of `variable` is set, in CEL. */
export const hasExactlyOneOf = (variable: string, fields: readonly string[]) =>
  `[${fields.map((field) => `has(${variable}.${field})`).join(', ')}].exists_one(set, set)`;

/** Whether any of the fields of `variable` is set, in CEL. */
export const hasAnyOf = (variable: string, fields: readonly string[]) =>
  fields.map((field) => `has(${variable}.${field})`).join(' || ');
