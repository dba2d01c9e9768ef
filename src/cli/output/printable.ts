/** All but tabs: what breaks a line, steers a terminal, is not seen, or is half of a character. */
const unprintable = /(?:(?!\t)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}])+/gu;

/** What GitHub Actions and Azure Pipelines take for a command wherever it is in a line: `##[…]` and `##vso[…]`. */
const command = /##(?=(?:vso)?\[)/gi;

/**
 * A text as a line or a part of one, whatever it holds: names, keys and paths come from files that others write. A terminal
 * acts on nothing in it, and the log of a CI system finds no command in it, other than at its own beginning.
 */
export const printable = (text: string): string => text.replace(unprintable, ' ').replace(command, '# #');
