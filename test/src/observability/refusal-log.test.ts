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
  const taken = () => lines.splice(0);
  return { refusals, refuse, taken };
}

const line = (path: string, kind = path, calls?: number) => ({
  level: 'warn',
  path,
  ...(calls !== undefined && { calls }),
  msg: `no ${kind}`,
});

test('a single refusal is logged at once, and so is one of another kind', async (t) => {
  const { refuse, taken } = setUp(t);
  refuse('a');
  refuse('b');
  t.strictSame(taken(), [line('a'), line('b')]);
  mock.timers.tick(5000);
  t.strictSame(taken(), [], 'nothing more is to be said');
  refuse('a');
  t.strictSame(taken(), [line('a')], 'after a second of none it is at once again');
});

test('while they go on there is one line a second, with a count and an example', async (t) => {
  const { refuse, taken } = setUp(t);
  for (let second = 0; second < 3; second += 1) {
    for (let index = 0; index < 1000; index += 1) refuse('a', `/${second}/${index}`);
    mock.timers.tick(1000);
  }
  t.strictSame(taken(), [
    line('/0/0', 'a'),
    line('/0/1', 'a', 999),
    line('/1/0', 'a', 1000),
    line('/2/0', 'a', 1000),
  ]);
});

test('the second refusal of a second is logged as a single one is', async (t) => {
  const { refuse, taken } = setUp(t);
  refuse('a', '/1');
  refuse('a', '/2');
  mock.timers.tick(1000);
  t.strictSame(taken(), [line('/1', 'a'), line('/2', 'a')]);
});

test('kinds without end do not make lines without end', async (t) => {
  const { refuse, taken } = setUp(t);
  for (let index = 0; index < 10_000; index += 1) refuse(`kind ${index}`);
  t.equal(taken().length, 51);
  mock.timers.tick(1000);
  t.strictSame(taken(), [line('kind 51', 'kind 51', 9949)]);
  mock.timers.tick(1000);
  refuse('a');
  t.strictSame(taken(), [line('a')]);
});

test('what is gathered is logged when the service ends, as an error if it is one', async (t) => {
  const { refusals, taken } = setUp(t);
  for (let times = 0; times < 3; times += 1) {
    refusals.report({ kind: 'bug', level: 'error', fields: {}, message: 'internal error' });
  }
  refusals.close();
  const bug = { level: 'error', msg: 'internal error' };
  t.strictSame(taken(), [bug, { ...bug, calls: 2 }]);
  mock.timers.tick(1000);
  t.strictSame(taken(), []);
});
