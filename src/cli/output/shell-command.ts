/**
 * A command as a shell reads it back into the same arguments, whatever these hold: names come from objects that others
 * write, and a printed command is copied.
 */
export const shellCommand = (args: readonly string[]): string => args.map(shellWord).join(' ');

/** What a terminal would act on has no place in a name that the API server takes: it is shown as a question mark. */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const shellWord = (text: string): string =>
  /^[A-Za-z0-9_./:@%+,=-]+$/.test(text)
    ? text
    : `'${text.replace(unprintable, '?').replaceAll("'", "'\\''")}'`;
