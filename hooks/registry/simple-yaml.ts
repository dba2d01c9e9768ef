import { isObject } from '../json.ts';

/**
 * What a reader of YAML 1.1 or 1.2 may take for a number, a date, a truth value, null or a merge key. Such a text has no
 * character that quotes would have to escape.
 */
export const ambiguous =
  /^([-+.]*[0-9][-+.:_0-9a-fA-FxXoOtTzZ ]*|[-+]?\.(inf|nan)|=|<<|~|null|true|false|y|yes|n|no|on|off)$/i;

/**
 * A text that every reader takes for itself without quotes: it begins with a letter, a digit, `_` or `/`, has one space at
 * a time, and neither a `:` before a space nor a ` #`.
 */
const plain = /^[\w/](?:[!-9;-~]|:(?=[!-~])| (?=[!"$-~]))*$/;

/** No key of ours is longer. YAML writes one of more than 1024 characters in another form. */
const KEY_LIMIT = 1000;

/**
 * A value as YAML in block style, byte for byte as the `yaml` package writes it, in a small part of its time.
 *
 * @param value objects, lists and scalars; fields that are undefined are not written
 * @returns undefined if something in it is not simple, such as a text of several lines
 */
export function writeSimpleYaml(value: unknown): string | undefined {
  let isSimple = true;

  const scalar = (item: unknown): string => {
    if (typeof item === 'string') {
      if (ambiguous.test(item)) return `"${item}"`;
      if (plain.test(item)) return item;
    } else if (typeof item === 'boolean' || (Number.isFinite(item) && !Object.is(item, -0))) {
      return String(item);
    }
    isSimple = false;
    return '';
  };

  /** @param newline the end of a line and the indentation of the value */
  const block = (item: unknown, newline: string): string => {
    if (Array.isArray(item)) {
      return item.map((part) => `- ${block(part, `${newline}  `)}`).join(newline) || '[]';
    }
    if (!isObject(item)) return scalar(item);
    const lines: string[] = [];
    for (const [key, part] of Object.entries(item)) {
      if (part === undefined) continue;
      if (key.length > KEY_LIMIT) isSimple = false;
      const below = `${newline}  `;
      lines.push(`${scalar(key)}:${isBlock(part) ? below : ' '}${block(part, below)}`);
    }
    return lines.join(newline) || '{}';
  };

  const text = `${block(value, '\n')}\n`;
  return isSimple ? text : undefined;
}

/** Whether a value takes lines of its own: an empty list or object does not. */
const isBlock = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isObject(value) && Object.values(value).some((part) => part !== undefined);
