import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import type { RunningPod } from '../pod/start-pod.ts';
import type { PodTemplate } from '../pod/types.ts';
import { startWorld } from '../world.ts';
import { read, smallest } from './facts.ts';

/** The pod with a sleep of some seconds before SIGTERM, or none. */
const sleeping = (seconds: number) => (pod: PodTemplate) => ({
  ...pod,
  spec: {
    ...pod.spec,
    containers: pod.spec.containers.map(({ lifecycle: _, ...container }) =>
      seconds === 0 ? container : { ...container, lifecycle: { preStop: { sleep: { seconds } } } },
    ),
  },
});

/** Calls a view without a pause, several at a time, until it is told to end; counts what is no answer of 200. */
function callWithoutPause(pod: RunningPod) {
  let ended = false;
  const failures: string[] = [];
  const caller = async () => {
    while (!ended) {
      const failure = await pod.view('default').then(
        ({ status }) => (status === 200 ? undefined : `${status}`),
        () => 'refused',
      );
      if (failure) failures.push(failure);
    }
  };
  const callers = [caller(), caller(), caller(), caller()];
  return async () => {
    ended = true;
    await Promise.all(callers);
    return failures;
  };
}

test('server 1.5.1 closes its database at SIGTERM while it still answers: 500', async (t) => {
  const world = await startWorld(t);
  // A query that lasts holds the pool, and so the server, open.
  const pod = await world.start({ ...smallest(), template: sleeping(0) });
  await pod.ready();
  await read(pod, 'a');
  const end = callWithoutPause(pod);
  await sleep(500);
  await pod.stop();
  const failures = await end();
  t.ok(failures.length > 0, `${failures.length} calls failed`);
  t.match(pod.log(), /closed pool|Closing database connection pool/);
});

test('server 1.5.1 fails no call of those who stop calling during the sleep before SIGTERM', async (t) => {
  const world = await startWorld(t);
  const pod = await world.start({ ...smallest(), template: sleeping(5) });
  await pod.ready();
  await read(pod, 'a');
  const end = callWithoutPause(pod);
  await sleep(500);
  const stopped = pod.stop();
  await sleep(3_000);
  t.strictSame(await end(), []);
  const { code, signal, seconds } = await stopped;
  t.strictSame({ code, signal }, { code: 0, signal: null });
  t.ok(seconds < 20, `${seconds} s`);
});

test('server 1.5.1 needs 30 s more to end when a collector takes connections and does not answer', async (t) => {
  const world = await startWorld(t);
  await world.serve('http://otel-collector.observability:4318', () => {});
  const telemetryConfig = {
    enabled: true,
    endpoint: 'otel-collector.observability:4318',
    insecure: true,
    tracing: { enabled: true, sampling: '1' },
  };
  const pod = await world.start({
    ...smallest({ telemetryConfig }),
    template: (pod: PodTemplate) => {
      const edited = sleeping(0)(pod);
      return { ...edited, spec: { ...edited.spec, terminationGracePeriodSeconds: 65 } };
    },
  });
  await pod.ready();
  await read(pod, 'a');
  await pod.view('default');
  const { code, signal, seconds } = await pod.stop();
  t.strictSame({ code, signal }, { code: 0, signal: null });
  t.ok(seconds >= 25, `${seconds} s`);
});

test('server 1.5.1 does not wait for a collector that refuses connections', async (t) => {
  const world = await startWorld(t);
  const telemetryConfig = {
    enabled: true,
    endpoint: '127.0.0.1:4318',
    insecure: true,
    tracing: { enabled: true, sampling: '1' },
  };
  const pod = await world.start({ ...smallest({ telemetryConfig }), template: sleeping(0) });
  await pod.ready();
  await read(pod, 'a');
  await pod.view('default');
  t.ok((await pod.stop()).seconds < 20);
});
