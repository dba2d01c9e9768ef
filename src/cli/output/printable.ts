/** All but tabs: what breaks a line, steers a terminal, is not seen, or is half of a character. */
const unprintable = /(?:(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;

/**
 * A text as a line or a part of one, whatever it holds: names, keys and paths come from files that others write. A terminal
 * acts on nothing in it, and it begins no line of its own, which the log of a CI system could take for a command.
 */
export const printable = (text: string): string => text.replace(unprintable, ' ');
