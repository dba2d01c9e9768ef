import { pointerTokens } from './json.ts';

/** A field of a spec that is wrong, and how to correct it. */
export interface Problem {
  /** As `kubectl explain` writes it, with indexes: `spec.sources[0].git.branch`. */
  readonly field: string;
  /** What is wrong and how to correct it, as the rest of a sentence that begins with the field. */
  readonly message: string;
}

/** Cuts off a text that is longer than a limit in characters: the message of a condition has room for 32,768. */
export const shorten = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit - 1)}…` : text;

/** How many problems a message lists. */
const LISTED = 10;

/**
 * One readable message of all problems, in their order.
 *
 * @param limit how many it lists; the others are counted
 * @returns `spec.a: …; spec.b: …; and 3 more`
 */
export function formatProblems(problems: readonly Problem[], limit = LISTED): string {
  const listed = problems
    .slice(0, limit)
    .map(({ field, message }) => `${shorten(field, 200)}: ${shorten(message, 1000)}`);
  const rest = problems.length - listed.length;
  return [...listed, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

/** More characters than the pointer to any field of a spec that Kubernetes knows. */
const POINTER_LIMIT = 2000;

/**
 * The name of a field as `kubectl explain` writes it.
 *
 * @param pointer JSON pointer (RFC 6901) below the spec, such as `/sources/0/git/branch`, read up to a limit
 */
export const fieldName = (pointer: string): string =>
  pointerTokens(pointer.slice(0, POINTER_LIMIT)).reduce(
    (field, token) => (/^\d+$/.test(token) ? `${field}[${token}]` : `${field}.${token}`),
    'spec',
  );

/** A found value in a few words for a message. The contents of objects and lists are never shown. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 61) : value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? '"' : ''}` : text;
}
