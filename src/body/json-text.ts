/**
 * Whether an object anywhere in a JSON text has a key twice. `JSON.parse` silently uses the last one: of two maps of
 * children, the first would seem to be absent.
 *
 * @param text valid JSON
 */
export function hasDuplicateKeys(text: string): boolean {
  /** The keys so far of each object that encloses the position; undefined for a list. */
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
 * Whether a text has more than a number of JSON values. It is asked before `JSON.parse` creates them, which may take
 * twenty times the memory of the text. What is inside strings does not count.
 *
 * @param text need not be valid JSON
 */
export function hasMoreValues(text: string, max: number): boolean {
  let values = 1;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '{':
      case '[':
      case ',':
        // An empty object or list is one value, which the comma before it counted.
        if (text[at + 1] !== '}' && text[at + 1] !== ']') values += 1;
        if (values > max) return true;
        break;
      case '"':
        at = endOfString(text, at) - 1;
    }
  }
  return false;
}

/** The position after the quote that closes a string, or the end of the text if there is none. */
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
