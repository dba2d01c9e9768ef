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
 * Writes each line of the log for people: `12:00:00.000 INFO answered hook=sync registry=a/b`, with the stack of an
 * error below it.
 */
export function prettyLines(output: DestinationStream): DestinationStream {
  return { write: (line) => output.write(`${pretty(JSON.parse(line))}\n`) };
}

function pretty(line: Record<string, unknown>): string {
  const { level, time, pid, hostname, msg, err, ...fields } = line;
  const told = Object.entries(fields).map(([key, value]) => `${key}=${tell(value)}`);
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const { stack } = (err ?? {}) as { stack?: string };
  const words = [clock, levels[Number(level)] ?? level, escaped(String(msg ?? '')), ...told].join(' ');
  return stack === undefined ? words : `${words}\n${stack}`;
}

const tell = (value: unknown) =>
  escaped(typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : (JSON.stringify(value) ?? ''));

/** A name in a request may hold what a terminal takes for a command, or for another line. */
const escaped = (text: string) =>
  text.replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
