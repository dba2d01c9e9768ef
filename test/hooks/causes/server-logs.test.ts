import { readdirSync } from 'node:fs';
import { test } from 'tap';
import { deepestError } from '../../../hooks/causes/deepest-error.ts';
import { lastWords } from '../../../hooks/causes/words.ts';
import { keptLog } from '../../server/pod/kept-log.ts';
import { readServerLog, serverLogs } from '../../support/server-logs.ts';

test('the last words of a registry server say why it ended', async (t) => {
  for (const { name, reason, words } of serverLogs) t.equal(lastWords(readServerLog(name)), words, reason);
});

test('each log of a registry server has its words', async (t) => {
  const files = readdirSync(new URL('../../fixtures/server-logs/', import.meta.url));
  const logs = files.filter((file) => file.endsWith('.txt')).map((file) => file.slice(0, -4));
  t.strictSame(logs.sort(), serverLogs.map(({ name }) => name).sort());
});

const numbered = (count: number) => Array.from({ length: count }, (_, index) => `${index}\n`);

test('a kubelet keeps the end of a log', async (t) => {
  const cases = [
    { reason: 'a short log', log: 'a\nb\n', kept: 'a\nb\n' },
    { reason: '80 of 90 lines', log: numbered(90).join(''), kept: numbered(90).slice(10).join('') },
    { reason: '2,048 bytes of a line', log: `${'a'.repeat(2048)}é\n`, kept: `${'a'.repeat(2045)}é\n` },
  ];
  for (const { reason, log, kept } of cases) t.equal(keptLog(log), kept, reason);
  for (const { name } of serverLogs) t.equal(keptLog(readServerLog(name)), readServerLog(name), name);
});

const json = (level: string, msg: string, error?: string) => JSON.stringify({ level, msg, error });
const stack = 'goroutine 1 [running]:\nmain.main()\n\t/src/main.go:12 +0x1d';

interface LogCase {
  readonly reason: string;
  readonly log: unknown;
  readonly words: string | undefined;
}

const LOGS: readonly LogCase[] = [
  { reason: 'nothing', log: '', words: undefined },
  { reason: 'white space', log: ' \n\t\n', words: undefined },
  { reason: 'no text', log: { level: 'error' }, words: undefined },
  { reason: 'no error: the last two lines', log: 'one\ntwo\nthree\n', words: 'two / three' },
  { reason: 'the same line again and again', log: 'waiting\nwaiting\nwaiting', words: 'waiting' },
  {
    reason: 'errors of slog as JSON, and what came after them',
    log: [json('ERROR', 'Sync failed', 'no such host'), json('INFO', 'Stopped')].join('\n'),
    words: 'no such host',
  },
  {
    reason: 'an error that is logged as JSON and printed again',
    log: [json('ERROR', 'Application failed', 'no route to 10.0.0.1'), 'Error: no route to 10.0.0.1'].join(
      '\n',
    ),
    words: 'no route to 10.0.0.1',
  },
  {
    reason: 'an error that a later one has in it',
    log: 'Error: no route to 10.0.0.1\nError: failed to sync "a": no route to 10.0.0.1',
    words: 'failed to sync "a": no route to 10.0.0.1',
  },
  {
    reason: 'three errors: the last two',
    log: 'Error: port 1\nError: port 2\nError: port 3',
    words: 'port 2 / port 3',
  },
  {
    reason: 'two errors that take turns',
    log: 'Error: port 1\nError: port 2\nError: port 2',
    words: 'port 1 / port 2',
  },
  {
    reason: 'a panic before its stack, whatever came before',
    log: `Error: port 1\npanic: index out of range [1] with length 0\n\n${stack}`,
    words: 'panic: index out of range [1] with length 0',
  },
  {
    reason: 'an error of the runtime of Go',
    log: `fatal error: all goroutines are asleep - deadlock!\n\n${stack}`,
    words: 'fatal error: all goroutines are asleep - deadlock!',
  },
  {
    reason: 'key=value pairs',
    log: 'time=2026-01-01T00:00:00Z level=ERROR msg="can\'t start" err="port \\"a\\" is taken"\nlevel=INFO msg=bye',
    words: 'can\'t start: port "a" is taken',
  },
  {
    reason: 'klog',
    log: 'E0101 00:00:00.000000       1 main.go:12] port 1 is taken\nI0101 00:00:00.000000       1 main.go:13] bye',
    words: 'port 1 is taken',
  },
  {
    reason: "Go's package log",
    log: '2026/01/01 00:00:00 listening\n2026/01/01 00:00:00 port 1 is taken',
    words: 'listening / port 1 is taken',
  },
  {
    reason: 'colours around a level',
    log: '\u001b[31mError:\u001b[0m port 1 is taken\nbye',
    words: 'port 1 is taken',
  },
  {
    reason: 'the list that an error announces, up to three lines and the next line of another kind',
    log: `Error: 5 errors:\n\na\nb\nc\nd\n${json('INFO', 'bye')}`,
    words: '5 errors: a b c',
  },
  {
    reason: 'a list that ends with what is logged',
    log: `Error: 5 errors:\na\n${json('INFO', 'bye')}\nb`,
    words: '5 errors: a',
  },
  {
    reason: 'a migration in an error on several lines',
    log: 'Error: failed to migrate: migration failed in line 0: CREATE TABLE a (\n  error text\n);\n (details: pq: a is there)',
    words: 'failed to migrate: migration failed / pq: a is there',
  },
  {
    reason: 'a migration that begins on the next line',
    log: 'Error: failed to migrate: migration failed in line 0: \n\nCREATE TABLE a;\n (details: pq: a is there)',
    words: 'failed to migrate: migration failed / pq: a is there',
  },
  {
    reason: 'a log that is cut: the line that is cut is not read',
    log: `rror: port 1\n${'.'.repeat(2048)}`,
    words: `${'.'.repeat(500)}…`,
  },
  {
    reason: 'a line that is cut and alone: its first words are not read',
    log: `word = cut Error ${'a '.repeat(1020)}the end\n`,
    words: `${'a '.repeat(249)}a…`,
  },
  { reason: 'a short log is not cut', log: 'Error: port 1\nbye', words: 'port 1' },
];

test('the last words of any program', async (t) => {
  for (const { reason, log, words } of LOGS) t.equal(lastWords(Object.freeze(log)), words, reason);
});

const ERRORS: readonly { readonly reason: string; readonly said: string; readonly deepest: string }[] = [
  { reason: 'nothing to leave out', said: 'port 1 is taken', deepest: 'port 1 is taken' },
  { reason: 'the word Error', said: 'Error: port 1 is taken', deepest: 'port 1 is taken' },
  { reason: 'nothing but the word', said: 'Error', deepest: 'Error' },
  {
    reason: 'the first step stays, the steps below it say no more',
    said: 'failed to start: failed to listen: unable to bind: port 1 is taken',
    deepest: 'failed to start: port 1 is taken',
  },
  {
    reason: 'a step that names something, and all that follows it',
    said: 'failed to start: failed to read "a": failed to open: no such file',
    deepest: 'failed to start: failed to read "a": failed to open: no such file',
  },
  {
    reason: 'steps alone: the first and the last',
    said: 'failed to start: failed to listen: failed to bind',
    deepest: 'failed to start: failed to bind',
  },
  { reason: 'what failed without a step', said: 'Application failed: server failed: eof', deepest: 'eof' },
  {
    reason: 'the line of a text that is no SQL',
    said: 'error in line 3: unexpected "a"',
    deepest: 'error in line 3: unexpected "a"',
  },
  {
    reason: 'SQL',
    said: 'pq: no rights in line 0: CREATE TABLE "a: b"',
    deepest: 'pq: no rights',
  },
];

test('an error without the links that say nothing', async (t) => {
  for (const { reason, said, deepest } of ERRORS) t.equal(deepestError(said), deepest, reason);
});
