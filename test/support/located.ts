/** An object as JSON with each field on a line of its own. */
export interface Located {
  readonly text: string;
  /** The line of a field, counted from 1; of one that is not there, that of the nearest one around it. */
  readonly lineOf: (field: string) => number;
}

/** Writes an object, and notes at which line each of its fields is, without reading what it wrote. */
export function located(object: object): Located {
  const lines: string[] = [];
  const places = new Map<string, number>();

  const write = (value: unknown, field: string, before: string, after: string): void => {
    places.set(field, lines.length + 1);
    const isList = Array.isArray(value);
    if (typeof value !== 'object' || value === null) {
      lines.push(`${before}${JSON.stringify(value)}${after}`);
      return;
    }
    lines.push(`${before}${isList ? '[' : '{'}`);
    const items = Object.entries(value).filter(([, item]) => item !== undefined || isList);
    for (const [index, [key, item]] of items.entries()) {
      const below = isList || /^\d+$/.test(key) ? `${field}[${key}]` : `${field}.${key}`;
      const name = isList ? '' : `${JSON.stringify(key)}: `;
      write(item ?? null, below.replace(/^\./, ''), name, index < items.length - 1 ? ',' : '');
    }
    lines.push(`${isList ? ']' : '}'}${after}`);
  };
  write(object, '', '', '');

  const lineOf = (field: string): number => {
    for (let end = field.length; end > 0; end -= 1) {
      const isWhole = end === field.length || '.['.includes(field.charAt(end));
      const line = isWhole ? places.get(field.slice(0, end)) : undefined;
      if (line !== undefined) return line;
    }
    return 1;
  };
  return { text: `${lines.join('\n')}\n`, lineOf };
}
