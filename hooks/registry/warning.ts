import type { Problem } from '../problem.ts';

/** A field of a valid spec with which the registry server does something else than most people expect. */
export interface Warning extends Problem {
  /** The kind of the warning, in one CamelCase word for programs. */
  readonly reason: string;
}

/** How many fields a warning names; it counts the others. */
const LISTED = 3;

/**
 * One warning about some fields that have the same mistake.
 *
 * @returns none if there are no fields
 */
export const warnAbout = (reason: string, fields: readonly string[], message: string): Warning[] =>
  fields.length === 0 ? [] : [{ reason, field: listSome(fields), message }];

/** Some words as a sentence lists them, no more than a few of them: `a, b, c and 8 more`. */
export function listSome(words: readonly string[]): string {
  const more = words.length - LISTED;
  return [words.slice(0, LISTED).join(', '), ...(more > 0 ? [`${more} more`] : [])].join(' and ');
}
