import { textOf } from '../json.ts';

/** Line breaks, control and format characters, halves of a character, and spaces. */
const unreadable = /[\p{Cc}\p{Cf}\p{Cs}\p{Z}]+/gu;

/**
 * A text from the status of an object that others write, as a part of a sentence on one line: cut to a limit, and with
 * nothing in it that a terminal would act on.
 *
 * @param limit in characters
 */
export function foreignText(value: unknown, limit: number): string {
  const text = textOf(value);
  const words = text.slice(0, limit).replace(unreadable, ' ').trim();
  return text.length > limit ? `${words}…` : words;
}
