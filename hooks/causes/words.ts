import { stripVTControlCharacters } from 'node:util';
import { textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import { deepestError } from './deepest-error.ts';
import { type LogLine, logLines } from './log-lines.ts';
import { withoutKeys, withoutSecrets } from './secrets.ts';

/** As much of a text as is read, in characters: the kubelet keeps 4,096 bytes of a container's last words. */
const READ_LIMIT = 8192;
/** As much of it as a status holds. */
const WORDS_LIMIT = 500;

/** A date with a time, as logs and errors write it: it would differ each time. */
const timestamp = /\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g;

/**
 * What somebody else wrote, as a part of a sentence in a status: no credentials, no timestamps, no colours, on one line, cut to
 * a limit.
 *
 * @returns undefined if nothing is left
 */
export function wordsOf(value: unknown): string | undefined {
  // Cut last: half of a credential is not known for one.
  const read = stripVTControlCharacters(textOf(value).slice(0, READ_LIMIT)).replace(timestamp, '');
  return foreignText(withoutSecrets(foreignText(read, READ_LIMIT)), WORDS_LIMIT) || undefined;
}

/**
 * What the kubelet says of a container, as `wordsOf`: without how many seconds it waits before its next attempt, which says nothing
 * else.
 */
export const kubeletWords = (value: unknown): string | undefined =>
  /^back-off \d/i.test(textOf(value)) ? undefined : wordsOf(value);

/**
 * The last words of a container that ended: the end of its log, as the kubelet keeps it with
 * `terminationMessagePolicy: FallbackToLogsOnError`, or what it wrote itself. Lines that tell of an error come before
 * others, and a panic before the stacks that follow it. Two are quoted at most, neither of them twice.
 *
 * @returns undefined if nothing is known
 */
export function lastWords(value: unknown): string | undefined {
  const text = stripVTControlCharacters(textOf(value).slice(-READ_LIMIT));
  const lines = logLines(withoutKeys(wholeWords(text)));
  const panic = lines.find(({ kind }) => kind === 'panic');
  if (panic) return wordsOf(panic.said);
  const errors = lines.filter(({ kind }) => kind === 'error').map(({ said }) => deepestError(said));
  return wordsOf(lastOf(errors.length > 0 ? errors : lines.map(saidBy)).join(' / '));
}

const saidBy = ({ said }: LogLine): string => said;

/** The last text, and before it the last other one that says something else. */
function lastOf(texts: readonly string[]): readonly string[] {
  const last = texts.at(-1);
  if (last === undefined) return [];
  const before = texts.findLast((text) => !last.includes(text) && !text.includes(last));
  return before === undefined ? [last] : [before, last];
}

/** The kubelet keeps no more of a log, in bytes (kubernetes: pkg/kubelet/container/runtime.go, MaxContainerTerminationMessageLogLength). */
const LOG_LIMIT = 2048;
/** A credential that is cut has its name before it, a sign or a quote between them, and spaces around that. */
const CUT_WORDS = 4;

/** A text without its beginning if that is cut: it may be the rest of a credential. */
function wholeWords(text: string): string {
  if (Buffer.byteLength(text) < LOG_LIMIT) return text;
  const [cut = '', ...lines] = text.trimEnd().split('\n');
  return lines.length > 0 ? lines.join('\n') : cut.split(/\s+/).slice(CUT_WORDS).join(' ');
}
