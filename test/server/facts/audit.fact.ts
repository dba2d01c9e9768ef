import { test } from 'tap';
import { startWorld } from '../world.ts';
import { config, ends, smallest } from './facts.ts';

const audit = (auditConfig: object) => smallest({ auditConfig });

test('server 1.5.1 ends without the folder of its audit log, enabled or not', async (t) => {
  const world = await startWorld(t);
  for (const enabled of [true, false]) {
    const { spec, objects } = audit({ enabled });
    const pod = await world.start({
      spec,
      objects,
      config: config((value) => {
        value.audit.logFile = '/data/audit/audit.log';
      }),
    });
    t.match(await ends(pod), { code: 1, words: /audit\.logFile directory does not exist/ }, `${enabled}`);
  }
});

test('server 1.5.1 ends if it cannot open its audit log', async (t) => {
  const world = await startWorld(t);
  const { spec, objects } = audit({ enabled: true });
  const pod = await world.start({
    spec,
    objects,
    config: config((value) => {
      value.audit.logFile = '/config/audit.log';
    }),
  });
  t.match(await ends(pod), { code: 1, words: /failed to open audit log file/ });
});

test('server 1.5.1 records calls on standard output, by the types that it knows', async (t) => {
  const world = await startWorld(t);
  const eventTypes = ['source.list', 'Source.Read', 'registry.*', 'registry.list'];
  const pod = await world.start(audit({ enabled: true, eventTypes, excludeEventTypes: ['registry.list'] }));
  t.teardown(pod.kill);
  await pod.ready();
  for (const path of ['/v1/sources/a', '/v1/registries', '/v1/registries/default', '/v1/sources']) {
    await pod.get(path);
  }
  await pod.logged(/"level":"AUDIT"[^\n]*source\.list/);
  const records = pod
    .log()
    .split('\n')
    .filter((line) => line.includes('"level":"AUDIT"'));
  t.equal(records.length, 1, 'not the excluded one, and none by a pattern or in capital letters');
});

test('server 1.5.1 writes its audit log to a file', async (t) => {
  const world = await startWorld(t);
  const pod = await world.start(audit({ enabled: true, logFile: '/data/audit.log' }));
  t.teardown(pod.kill);
  await pod.ready();
  await pod.get('/v1/sources');
  t.notMatch(pod.log(), /"level":"AUDIT"/);
});
