/** How much of a text that a caller chose is logged, in characters. */
const maxLength = 200;
const tail = 99;

/** A text of at most 200 characters: what is left out of the middle of a longer one is replaced by `…`. */
export const shorten = (text: string): string =>
  text.length <= maxLength ? text : `${text.slice(0, maxLength - tail - 1)}…${text.slice(-tail)}`;
