/**
 * Whether an object anywhere in a JSON text holds a key twice. `JSON.parse` takes the last one and tells nothing: of
 * two maps of children, the first would be taken for absent.
 *
 * @param text valid JSON
 */
export function hasDuplicateKeys(text: string): boolean {
  /** The keys of each object that is open at this place; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(undefined);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const end = endOfString(text, at);
        if (isKey(text, end)) {
          const key: string = JSON.parse(text.slice(at, end));
          const keys = open.at(-1);
          if (keys?.has(key)) return true;
          keys?.add(key);
        }
        at = end - 1;
      }
    }
  }
  return false;
}

/**
 * Whether a text holds more than so many JSON values, before `JSON.parse` makes an object of each: the memory that
 * takes may be twenty times that of the text. What is inside of strings does not count.
 *
 * @param text need not be valid JSON
 */
export function holdsMoreValues(text: string, most: number): boolean {
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[':
      case ',':
        // An empty object or list is one value, which the comma before it has counted.
        if (text[at + 1] !== '}' && text[at + 1] !== ']') values += 1;
        if (values > most) return true;
        break;
      case '"':
        at = endOfString(text, at) - 1;
    }
  }
  return false;
}

/** The place after the quote that closes a string, or after the text if none does. */
function endOfString(text: string, begin: number): number {
  let end = text.indexOf('"', begin + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end < 0 ? text.length : end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text[at - 1 - backslashes] === '\\') backslashes += 1;
  return backslashes % 2 === 1;
}

function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}
