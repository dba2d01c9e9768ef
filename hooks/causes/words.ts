import { textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import { withoutSecrets } from './secrets.ts';

/** As much of a text as is read, in characters: the kubelet keeps 4,096 bytes of a container's last words. */
const READ_LIMIT = 8192;
/** As much of it as a status holds. */
const WORDS_LIMIT = 500;

/** A date with a time, as logs and errors write it: it would differ each time. */
const timestamp = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g;

/**
 * What somebody else wrote, as a part of a sentence in a status: no credentials, no timestamps, on one line, cut to a limit.
 *
 * @returns undefined if nothing is left
 */
export function wordsOf(value: unknown): string | undefined {
  // Cut last: half of a credential is not known for one.
  const text = foreignText(textOf(value).replace(timestamp, ''), READ_LIMIT);
  return foreignText(withoutSecrets(text), WORDS_LIMIT) || undefined;
}

/**
 * What the kubelet says of a container, as `wordsOf`: without how many seconds it waits before its next attempt, which says nothing
 * else.
 */
export const kubeletWords = (value: unknown): string | undefined =>
  /^back-off \d/i.test(textOf(value)) ? undefined : wordsOf(value);

/** How many of its last lines a container is quoted with. */
const LINES = 2;

/**
 * The last words of a container that ended: the end of its log, as the kubelet keeps it with
 * `terminationMessagePolicy: FallbackToLogsOnError`, or what it wrote itself. Lines that tell of an error come before
 * others, and a panic before the stacks that follow it.
 *
 * @returns undefined if nothing is known
 */
export function lastWords(value: unknown): string | undefined {
  const lines = linesOf(textOf(value).slice(-READ_LIMIT))
    .map(readLine)
    .filter(({ said }) => said !== '');
  const panic = lines.find(({ said }) => /^(panic|fatal error): /.test(said));
  const errors = lines.filter(({ isError }) => isError);
  const chosen = panic ? [panic] : (errors.length > 0 ? errors : lines).slice(-LINES);
  return wordsOf([...new Set(chosen.map(({ said }) => said))].join(' / '));
}

/** The kubelet keeps no more of a log, in bytes (kubernetes: pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLogLength). */
const LOG_LIMIT = 2048;

/** The lines of a text, without a first one that is cut: it may be the rest of a credential. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  return lines.length > 1 && Buffer.byteLength(text) >= LOG_LIMIT ? lines.slice(1) : lines;
}

interface Line {
  readonly said: string;
  readonly isError: boolean;
}

/** A line of a log as JSON, as `key=value` pairs, or as plain text. */
function readLine(text: string): Line {
  const line = text.trim();
  return jsonLine(line) ?? pairsLine(line) ?? plainLine(line);
}

const errorLevel = /^(error|fatal|panic|dpanic|crit|critical|emerg|alert)$/i;

function jsonLine(line: string): Line | undefined {
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

function pairsLine(line: string): Line | undefined {
  if (!/(^|\s)msg=/.test(line)) return undefined;
  const pairs = Object.fromEntries(
    [...line.matchAll(pair)].map(([, key = '', value = '']) => [key, unquote(value)]),
  );
  return sayLine(pairs['level'], pairs['msg'], pairs['error'] ?? pairs['err']);
}

function unquote(value: string): string {
  return value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value;
}

function sayLine(level: unknown, message: unknown, error: unknown): Line | undefined {
  const said = [message, error].map(textOf).filter((part) => part !== '');
  return said.length === 0 ? undefined : { said: said.join(': '), isError: errorLevel.test(textOf(level)) };
}

/** The head of a line of klog, or of Go's package log. */
const head = /^([IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ [\w./-]+:\d+\] |\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )/;

function plainLine(line: string): Line {
  const [start = ''] = head.exec(line) ?? [];
  const said = line.slice(start.length);
  return { said, isError: /^[EF]\d/.test(start) || /^(error|fatal)\b/i.test(said) };
}
