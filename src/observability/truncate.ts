/** How much of a text that a caller chose is logged, in characters. */
const maxLength = 200;
const tail = 99;

/** A text of at most 200 characters: the middle of a longer one is replaced by `…`. */
export const truncate = (text: string): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - tail - 1)}…${text.slice(-tail)}`;
