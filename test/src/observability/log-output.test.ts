import { test } from 'tap';
import { gatherLines } from '../../../src/observability/log-output.ts';

function collector(): { written: string[]; write: (text: string) => void } {
  const written: string[] = [];
  return { written, write: (text) => written.push(text) };
}

const turnsEnd = () => new Promise((resolve) => setImmediate(resolve));

test('the lines of a turn of the event loop are written at once, in order, and each once', async (t) => {
  const output = collector();
  const log = gatherLines(output);
  log.write('a\n');
  log.write('b\n');
  t.strictSame(output.written, [], 'nothing in the middle of a turn');
  await turnsEnd();
  t.strictSame(output.written, ['a\nb\n']);
  await turnsEnd();
  log.write('c\n');
  await turnsEnd();
  t.strictSame(output.written, ['a\nb\n', 'c\n']);
});

test('what is gathered when the process ends is not lost', async (t) => {
  const output = collector();
  const log = gatherLines(output);
  const atExit = process.listeners('exit').at(-1);
  log.write('a bug\n');
  atExit?.(1);
  t.strictSame(output.written, ['a bug\n']);
  await turnsEnd();
  t.strictSame(output.written, ['a bug\n']);
});
