import { test } from 'tap';
import { testApp } from '../support/app.ts';

test('connections live as long as Metacontroller needs them', async (t) => {
  const { server } = testApp().app;
  const metacontrollerWaits = 10_000;
  t.equal(server.requestTimeout, metacontrollerWaits, 'nobody waits longer for an answer');
  const metacontrollerKeeps = 90_000;
  t.ok(server.keepAliveTimeout > metacontrollerKeeps, 'the client is the one that closes what is idle');
});

test('two apps share nothing', async (t) => {
  const [first, second] = [testApp(), testApp({ environment: { LOG_LEVEL: 'silent' } })];
  await second.app.inject('/nowhere');
  t.strictSame(first.log, []);
  await first.app.inject('/nowhere');
  t.equal(first.log.length, 1);
  t.strictSame(second.log, []);
});
