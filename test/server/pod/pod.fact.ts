/** The harness itself: a pod has no more than its template gives it. */
import { test } from 'tap';
import { startWorld } from '../world.ts';
import { PodProblem } from './pod-problem.ts';
import type { PodTemplate } from './types.ts';

const spec = {
  sources: [{ name: 'own', managed: {} }],
  registries: [{ name: 'default', sources: ['own'] }],
};

/** Adds an init container with the mounts and the restrictions of the server, which runs a script. */
const withInit =
  (script: string) =>
  (template: PodTemplate): PodTemplate => {
    const [server] = template.spec.containers;
    if (!server) throw new Error('the pod has no container');
    const { volumeMounts = [], securityContext = {} } = server;
    const init = { name: 'look', command: ['sh', '-c', script], volumeMounts, securityContext };
    return { ...template, spec: { ...template.spec, initContainers: [init] } };
  };

/** Whether a folder is mounted read-only: that the user may not write to it says less. */
const isReadOnly = (path: string) => `grep -Eq "^[^ ]+ ${path} [^ ]+ ro[, ]" /proc/mounts`;

test('a container is restricted as its security context says', async (t) => {
  const world = await startWorld(t);
  const checks = {
    'it is user and group 65532, without further groups': '[ "$(id -u) $(id -G)" = "65532 65532" ]',
    'it gets no new privileges': 'grep -q "NoNewPrivs:.1" /proc/self/status',
    'it has no capabilities': 'grep -q "CapEff:.0000000000000000" /proc/self/status',
    'its root is read-only': isReadOnly('/'),
    'its configuration is there, and read-only': `[ -s /config/config.yaml ] && ${isReadOnly('/config')}`,
    'its scratch space is writable': 'touch /tmp/new /data/new',
    'it has the token of its account': '[ -s /var/run/secrets/kubernetes.io/serviceaccount/token ]',
    'it sees nothing of this machine': '[ ! -e /root ] && [ ! -e /opt ] && [ ! -e /srv ]',
    'it reaches nothing outside': '[ "$(grep -c : /proc/net/dev)" = 1 ] && grep -q " lo:" /proc/net/dev',
  };
  const failed = Object.entries(checks).map(
    ([what, check]) => `( ${check} ) 2>/dev/null || echo "not: ${what}"`,
  );
  const script = `{ ${failed.join('\n')}\n} >/tmp/failed; cat /tmp/failed; [ ! -s /tmp/failed ]`;
  const pod = await world.start({ spec, template: withInit(script) });
  await pod.kill();
  t.pass('all of it holds');
});

test('a pod whose init container fails does not start, and says why', async (t) => {
  const world = await startWorld(t);
  await t.rejects(
    world.start({ spec, template: withInit('echo no luck; exit 3') }),
    new PodProblem('init container look ended with 3: no luck'),
  );
});

test('a pod sleeps before it gets SIGTERM, and is killed when its time is up', async (t) => {
  const world = await startWorld(t, { asksForPasswords: false });
  const ending = (seconds: number, grace: number) => (template: PodTemplate) => {
    const containers = template.spec.containers.map((container) =>
      container.name === 'registry-api'
        ? { ...container, lifecycle: { preStop: { sleep: { seconds } } } }
        : container,
    );
    return { ...template, spec: { ...template.spec, containers, terminationGracePeriodSeconds: grace } };
  };
  const patient = await world.start({ spec, template: ending(2, 30) });
  await patient.ready();
  const stopping = patient.stop();
  t.ok(await patient.isReady(), 'it serves while it sleeps');
  const { seconds, ...end } = await stopping;
  t.strictSame(end, { code: 0, signal: null });
  // Timers may be a millisecond early.
  t.ok(seconds > 1.9);

  const hasty = await world.start({ spec, template: ending(5, 1) });
  await hasty.ready();
  t.equal((await hasty.stop()).signal, 'SIGKILL');
});
