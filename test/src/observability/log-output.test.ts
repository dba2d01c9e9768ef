import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'tap';
import { LogOutput } from '../../../src/observability/log-output.ts';

/** A stream that keeps each write. */
function collector(): { written: string[]; stream: Writable } {
  const written: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written.push(String(chunk));
      done();
    },
  });
  return { written, stream };
}

const turnsEnd = () => new Promise((resolve) => setImmediate(resolve));

test('the lines of a turn of the event loop are written together, in order, and each once', async (t) => {
  const { written, stream } = collector();
  const output = new LogOutput(stream);
  output.write('a\n');
  output.write('b\n');
  t.strictSame(written, [], 'nothing in the middle of a turn');
  await turnsEnd();
  t.strictSame(written, ['a\nb\n']);
  await turnsEnd();
  output.write('c\n');
  await turnsEnd();
  t.strictSame(written, ['a\nb\n', 'c\n']);
});

test('lines that wait for the end of the turn are written when the process exits', async (t) => {
  const { written, stream } = collector();
  const output = new LogOutput(stream);
  const atExit = process.listeners('exit').at(-1);
  output.write('a bug\n');
  atExit?.(1);
  t.strictSame(written, ['a bug\n']);
  await turnsEnd();
  t.strictSame(written, ['a bug\n']);
});

test('lines that are not read wait up to a limit, beyond which whole lines are dropped and counted', async (t) => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const output = new LogOutput(stream);
  const reports: number[] = [];
  output.onDropped((lines) => {
    reports.push(lines);
    output.write(`dropped ${lines}\n`);
  });
  const line = (index: number) => `${String(index).padStart(9, '0')}\n`;
  const count = 200_000;
  for (let index = 0; index < count; index += 1) {
    output.write(line(index));
    if (index % 1000 === 0) await turnsEnd();
  }
  t.ok(stream.writableLength <= 1024 * 1024, `${stream.writableLength} bytes wait`);
  t.ok(output.dropped > 0);
  t.strictSame(reports, [], 'there is no room to report it yet');

  const drained = once(stream, 'drain');
  let text = '';
  stream.on('data', (chunk) => {
    text += chunk;
  });
  await drained;
  await turnsEnd();
  output.write('after\n');
  await turnsEnd();
  const kept = Array.from({ length: count - output.dropped }, (_, index) => line(index)).join('');
  t.equal(text, `${kept}dropped ${output.dropped}\nafter\n`);
  t.strictSame(reports, [output.dropped], 'once');
});

test('after the reader has closed the stream, lines are counted as dropped', async (t) => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
  const output = new LogOutput(stream);
  for (let times = 1; times <= 3; times += 1) {
    output.write('a\n');
    output.write('b\n');
    await turnsEnd();
    await turnsEnd();
    t.equal(output.dropped, 2 * times);
  }
});
