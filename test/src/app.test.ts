import { test } from 'tap';
import { testApp } from '../support/app.ts';

test('a body may take as long as Metacontroller waits for an answer', async (t) => {
  t.equal(testApp().app.server.requestTimeout, 10_000);
});

test('two apps share no state', async (t) => {
  const [first, second] = [testApp(), testApp({ environment: { LOG_LEVEL: 'silent' } })];
  await second.app.inject('/nowhere');
  t.strictSame(first.log, []);
  await first.app.inject('/nowhere');
  t.equal(first.log.length, 1);
  t.strictSame(second.log, []);
});
