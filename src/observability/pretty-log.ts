import type { DestinationStream } from 'pino';

const levels: Readonly<Record<number, string>> = {
  10: 'TRACE',
  20: 'DEBUG',
  30: 'INFO',
  40: 'WARN',
  50: 'ERROR',
  60: 'FATAL',
};

/**
 * Writes log lines for people: `12:00:00.000 INFO answered hook=sync registry=a/b`, with the stack of an error below
 * the line.
 */
export function prettyLines(output: DestinationStream): DestinationStream {
  return { write: (line) => output.write(`${pretty(JSON.parse(line))}\n`) };
}

function pretty(line: Record<string, unknown>): string {
  const { level, time, pid, hostname, msg, err, ...fields } = line;
  const pairs = Object.entries(fields).map(([key, value]) => `${key}=${format(value)}`);
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  // pino writes an error as an object with its stack as text.
  const { stack } = (err ?? {}) as { stack?: string };
  const words = [clock, levels[Number(level)] ?? level, escaped(String(msg ?? '')), ...pairs].join(' ');
  return stack === undefined ? words : `${words}\n${stack}`;
}

const format = (value: unknown) =>
  escaped(typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? ''));

/** A name in a request may contain terminal commands or line breaks. */
const escaped = (text: string) =>
  text.replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
