import { textOf } from '../json.ts';

/** A line of a log, without its time and level. */
export interface LogLine {
  readonly said: string;
  /** How much it matters to somebody who asks why the program ended. */
  readonly kind: 'panic' | 'error' | 'other';
}

/** The lines of a log of any format that say something. */
export function logLines(text: string): readonly LogLine[] {
  const lines = text.split('\n').map((line) => readLine(line.trim()));
  return lines
    .map((line, index) => withList(line, lines, index))
    .filter(({ said }) => said !== '')
    .map(({ said, kind }) => ({ said, kind }));
}

interface ReadLine extends LogLine {
  readonly isPlain: boolean;
}

/** As many lines of a list are read. */
const LISTED = 3;
/** A list may begin after an empty line. */
const LOOK_AHEAD = LISTED + 2;

/** A plain line that announces errors, such as `the following error(s):`, with the lines that follow it. */
function withList(line: ReadLine, lines: readonly ReadLine[], index: number): ReadLine {
  if (!line.isPlain || line.kind !== 'error' || !line.said.endsWith(':')) return line;
  const after = lines.slice(index + 1, index + 1 + LOOK_AHEAD);
  const end = after.findIndex((each) => !each.isPlain || each.kind !== 'other');
  const listed = (end < 0 ? after : after.slice(0, end)).map(({ said }) => said).filter(Boolean);
  return { ...line, said: [line.said, ...listed.slice(0, LISTED)].join(' ') };
}

/** A line as JSON, as `key=value` pairs, or as plain text. */
const readLine = (line: string): ReadLine => jsonLine(line) ?? pairsLine(line) ?? plainLine(line);

function jsonLine(line: string): ReadLine | undefined {
  if (!line.startsWith('{')) return undefined;
  let parsed: Readonly<Record<string, unknown>>;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  return sayLine(parsed['level'], parsed['msg'] ?? parsed['message'], parsed['error'] ?? parsed['err']);
}

const pair = /(\w{1,40})=("(?:[^"\\]|\\.)*"|[^\s"]*)/g;

function pairsLine(line: string): ReadLine | undefined {
  if (!/(^|\s)msg=/.test(line)) return undefined;
  const pairs = Object.fromEntries(
    [...line.matchAll(pair)].map(([, key = '', value = '']) => [key, unquote(value)]),
  );
  return sayLine(pairs['level'], pairs['msg'], pairs['error'] ?? pairs['err']);
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

const errorLevel = /^(error|fatal|panic|dpanic|crit|critical|emerg|alert)$/i;

function sayLine(level: unknown, message: unknown, error: unknown): ReadLine | undefined {
  const said = [message, error].map(textOf).filter((part) => part !== '');
  if (said.length === 0) return undefined;
  return { said: said.join(': '), kind: errorLevel.test(textOf(level)) ? 'error' : 'other', isPlain: false };
}

/** The head of a line of klog, or of Go's package log. */
const head = /^([IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+\] |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )/;

/**
 * The last line of an error of golang-migrate, which quotes the whole migration before it says what is wrong
 * (golang-migrate: database/error.go).
 */
const details = /^\(details: (.+)\)$/;

/** A lower-case word without a colon may be anything, such as the name of a column. */
const errorStart = /^(?:Error|ERROR|Fatal|FATAL)\b|^(?:error|fatal):/;

function plainLine(line: string): ReadLine {
  const [, detail] = details.exec(line) ?? [];
  if (detail !== undefined) return { said: detail, kind: 'error', isPlain: true };
  const [start = ''] = head.exec(line) ?? [];
  const said = line.slice(start.length);
  if (/^(panic|fatal error): /.test(said)) return { said, kind: 'panic', isPlain: true };
  const isError = /^[EF]\d/.test(start) || errorStart.test(said);
  return { said, kind: isError ? 'error' : 'other', isPlain: true };
}
