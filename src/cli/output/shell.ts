/** Writes POSIX shell: whatever a text holds, it stays one word or one comment. */

/** A word: as it is where nothing in it means something to a shell, and in single quotes otherwise. */
export const quote = (text: string): string =>
  /^[A-Za-z0-9_./:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;

const WIDTH = 118;

/** What a control character could do: end a comment, or something to the terminal of who reads it. */
const oneLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();

/** A command in a comment, on one line, to be copied. */
export const commented = (command: string, indent = 0): string =>
  `# ${' '.repeat(indent)}${oneLine(command)}`;

/**
 * A comment, on as many lines as it takes.
 *
 * @param indent how far it is indented, in characters
 */
export function comment(text: string, indent = 0): string {
  const margin = `# ${' '.repeat(indent)}`;
  const lines: string[] = [];
  let line = '';
  // A control character could end the comment, or do something to the terminal of who reads it.
  for (const word of text
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .trim()
    .split(' ')) {
    if (line !== '' && margin.length + line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line].map((each) => `${margin}${each}`.trimEnd()).join('\n');
}
