import { mock } from 'node:test';
import { type Test, test } from 'tap';
import { RefusalLog } from '../../../src/observability/refusal-log.ts';

function setUp(t: Test) {
  mock.timers.enable({ apis: ['setInterval'] });
  t.teardown(() => mock.timers.reset());
  const lines: unknown[] = [];
  const log = (level: string) => (fields: object, msg?: string) => void lines.push({ level, ...fields, msg });
  const refusals = new RefusalLog({ warn: log('warn'), error: log('error') });
  const refuse = (kind: string, path = kind) =>
    refusals.report({ kind, fields: { path }, message: `no ${kind}` });
  const takeLines = () => lines.splice(0);
  return { refusals, refuse, takeLines };
}

const line = (path: string, kind = path, calls?: number) => ({
  level: 'warn',
  path,
  ...(calls !== undefined && { calls }),
  msg: `no ${kind}`,
});

test('a single refusal is logged at once, and so is one of another kind', async (t) => {
  const { refuse, takeLines } = setUp(t);
  refuse('a');
  refuse('b');
  t.strictSame(takeLines(), [line('a'), line('b')]);
  mock.timers.tick(5000);
  t.strictSame(takeLines(), [], 'there is nothing more to log');
  refuse('a');
  t.strictSame(takeLines(), [line('a')], 'after a second without any, the next one is logged at once');
});

test('repeated refusals are logged in one line per second, with a count and an example', async (t) => {
  const { refuse, takeLines } = setUp(t);
  for (let second = 0; second < 3; second += 1) {
    for (let index = 0; index < 1000; index += 1) refuse('a', `/${second}/${index}`);
    mock.timers.tick(1000);
  }
  t.strictSame(takeLines(), [
    line('/0/0', 'a'),
    line('/0/1', 'a', 999),
    line('/1/0', 'a', 1000),
    line('/2/0', 'a', 1000),
  ]);
});

test('a single further refusal is logged without a count', async (t) => {
  const { refuse, takeLines } = setUp(t);
  refuse('a', '/1');
  refuse('a', '/2');
  mock.timers.tick(1000);
  t.strictSame(takeLines(), [line('/1', 'a'), line('/2', 'a')]);
});

test('an unlimited number of kinds does not make an unlimited number of lines', async (t) => {
  const { refuse, takeLines } = setUp(t);
  for (let index = 0; index < 10_000; index += 1) refuse(`kind ${index}`);
  t.equal(takeLines().length, 51);
  mock.timers.tick(1000);
  t.strictSame(takeLines(), [line('kind 51', 'kind 51', 9949)]);
  mock.timers.tick(1000);
  refuse('a');
  t.strictSame(takeLines(), [line('a')]);
});

test('grouped refusals are logged when the service shuts down, at their level', async (t) => {
  const { refusals, takeLines } = setUp(t);
  for (let times = 0; times < 3; times += 1) {
    refusals.report({ kind: 'bug', level: 'error', fields: {}, message: 'internal error' });
  }
  refusals.close();
  const bug = { level: 'error', msg: 'internal error' };
  t.strictSame(takeLines(), [bug, { ...bug, calls: 2 }]);
  mock.timers.tick(1000);
  t.strictSame(takeLines(), []);
});
