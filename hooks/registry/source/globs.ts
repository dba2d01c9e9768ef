import { describe, type Problem } from '../../problem.ts';

// A character of a class or a range of two, where "\" takes the next one as it is. The first one is not "^", which negates.
const first = String.raw`(?:[^\\\]^-]|\\[\s\S])`;
const next = String.raw`(?:[^\\\]-]|\\[\s\S])`;
const range = `(?:-${next})?`;

/** The grammar of Go's path.Match; no text has two readings, so that a search takes no longer than the text. */
export const goPattern = String.raw`^(?:[^\\[]|\\[\s\S]|\[(?:\^${next}|${first})${range}(?:${next}${range})*\])*$`;

/**
 * What the server matches with after Go's path.Match accepted a pattern (github.com/gobwas/glob: syntax/lexer/lexer.go). In
 * its classes, "!" negates, and there is one range or some characters; "{" begins alternatives, which it takes for others
 * than were meant if they have no end.
 *
 * @param glob matches `goPattern`
 */
export function globProblems(glob: string, field: string): Problem[] {
  const characters = [...glob];
  let open = 0;
  for (let at = 0; at < characters.length; at += 1) {
    const character = characters[at];
    if (character === '\\') at += 1;
    else if (character === '{') open += 1;
    else if (character === '}') open = Math.max(0, open - 1);
    else if (character === '[') {
      const end = classEnd(characters, at + 1);
      if (end === undefined) return [{ field, message: wrongClass(glob) }];
      at = end;
    }
  }
  return open === 0
    ? []
    : [
        {
          field,
          message: `must have each "{" closed, found ${describe(glob)}: add "}", or "\\" before the "{"`,
        },
      ];
}

const wrongClass = (glob: string) =>
  `must have one range such as [a-z], or some characters such as [abc], in each "[…]", found ${describe(glob)}: the server excludes every entry otherwise`;

/** Where a class ends that begins at an index; undefined if it is none. */
function classEnd(characters: readonly string[], begin: number): number | undefined {
  let at = characters[begin] === '!' ? begin + 1 : begin;
  const [low, dash, high, close] = characters.slice(at, at + 4);
  if (dash === '-') return close === ']' && isRange(low, high) ? at + 3 : undefined;
  if (low === ']') return undefined;
  while (at < characters.length && characters[at] !== ']') at += characters[at] === '\\' ? 2 : 1;
  return at < characters.length ? at : undefined;
}

const isRange = (low = '', high = ''): boolean => (low.codePointAt(0) ?? 0) <= (high.codePointAt(0) ?? -1);
