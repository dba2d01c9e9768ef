/** A field of a spec that can't be honoured, and what to do about it. */
export interface Problem {
  /** As `kubectl explain` writes it, with indexes: `spec.sources[0].git.branch`. */
  readonly field: string;
  /** What is wrong and how to mend it, as the rest of a sentence that begins with the field. */
  readonly message: string;
}

/** A text that is cut off where a message would burst: a condition's may have 32,768 characters. */
export const shorten = (text: string, limit: number): string =>
  text.length > limit ? `${text.slice(0, limit - 1)}…` : text;

/** As many problems as a message shows in full. */
const SHOWN = 10;

/**
 * One readable message of all problems, in their order.
 *
 * @returns `spec.a: …; spec.b: …; and 3 more`
 */
export function formatProblems(problems: readonly Problem[]): string {
  const told = problems
    .slice(0, SHOWN)
    .map(({ field, message }) => `${shorten(field, 200)}: ${shorten(message, 1000)}`);
  const rest = problems.length - told.length;
  return [...told, ...(rest > 0 ? [`and ${rest} more`] : [])].join('; ');
}

/**
 * The name of a field as `kubectl explain` writes it.
 *
 * @param pointer JSON pointer (RFC 6901) below the spec, such as `/sources/0/git/branch`; no more of it is read than
 *   any field that Kubernetes knows has
 */
export function fieldName(pointer: string): string {
  const tokens = pointer
    .slice(0, 2000)
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  return tokens.reduce(
    (field, token) => (/^\d+$/.test(token) ? `${field}[${token}]` : `${field}.${token}`),
    'spec',
  );
}

/** The pointer of a field of what a pointer leads to. */
export const pointerBelow = (pointer: string, name: string): string =>
  `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** What was found, in a few words that fit a message: values of objects and lists are never told. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 61) : value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…${typeof value === 'string' ? '"' : ''}` : text;
}
