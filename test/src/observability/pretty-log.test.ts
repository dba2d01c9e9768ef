import { test } from 'tap';
import { prettyLines } from '../../../src/observability/pretty-log.ts';

test('pretty lines', async (t) => {
  const written: string[] = [];
  const log = prettyLines({ write: (line) => written.push(line) });
  const all = { time: Date.parse('2026-01-02T03:04:05.006Z'), pid: 1, hostname: 'h' };
  const cases = [
    {
      line: { level: 30, ...all, hook: 'sync', registry: 'a/b', children: 6, msg: 'answered' },
      text: '03:04:05.006 INFO answered hook=sync registry=a/b children=6\n',
    },
    {
      line: { level: 40, ...all, field: '', path: 'a b', frozen: true, msg: 'x' },
      text: '03:04:05.006 WARN x field="" path="a b" frozen=true\n',
    },
    {
      line: {
        level: 50,
        ...all,
        err: { type: 'TypeError', stack: 'TypeError: x\n    at y' },
        msg: 'internal error',
      },
      text: '03:04:05.006 ERROR internal error\nTypeError: x\n    at y\n',
    },
  ];
  for (const { line, text } of cases) {
    log.write(`${JSON.stringify(line)}\n`);
    t.equal(written.pop(), text);
  }
});

test('no text of a request becomes a separate line or a terminal command', async (t) => {
  const lines: string[] = [];
  const { write } = prettyLines({ write: (line) => lines.push(line) });
  write(`${JSON.stringify({ level: 40, time: 0, registry: 'a\u001b[2J', msg: 'x\ny\u009b' })}\n`);
  t.strictSame(lines, ['00:00:00.000 WARN x\\u000ay\\u009b registry=a\\u001b[2J\n']);
});
