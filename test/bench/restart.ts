// npm run bench:restart: two instances behind a client that takes them in turn, keeps its connections and calls no
// instance that says that it is not ready. Each is restarted in turn under load; no call may fail.
import { Agent } from 'node:http';
import { call } from '../support/calls.ts';
import { readyRequests, specs } from './registries.ts';
import { freePort, post, type Server, service, startServer } from './server.ts';

const times = Number(process.argv[2] ?? 10);
const callers = 8;
const bodies = readyRequests(50, specs['recorded']);
const [first = ''] = bodies;

interface Instance {
  readonly port: number;
  ready: boolean;
  server: Server;
}

const start = (port: number) =>
  startServer('service', [service], '/dev/null', first, {
    port,
    environment: { SHUTDOWN_GRACE_SECONDS: '3' },
  });
const instances: Instance[] = [];
for (let count = 0; count < 2; count += 1) {
  const port = await freePort();
  instances.push({ port, ready: true, server: await start(port) });
}

let ended = false;
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** As endpoints follow readiness in a cluster, with some delay. */
async function probe(instance: Instance): Promise<void> {
  while (!ended) {
    const answer = await call(`http://127.0.0.1:${instance.port}/readyz`).catch(() => undefined);
    instance.ready = answer?.statusCode === 200;
    await wait(500);
  }
}

let answered = 0;
const failures: string[] = [];
let turn = 0;

async function makeCalls(): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  while (!ended) {
    turn += 1;
    const ready = instances.filter((instance) => instance.ready);
    const chosen = ready[turn % ready.length];
    if (chosen === undefined) {
      failures.push('no instance is ready');
      await wait(10);
      continue;
    }
    try {
      const { statusCode } = await post(chosen.server.url, bodies[turn % bodies.length] ?? first, agent);
      if (statusCode === 200) answered += 1;
      else failures.push(String(statusCode));
    } catch (error) {
      failures.push((error as Error).message);
    }
  }
  agent.destroy();
}

const running = [...instances.map(probe), ...Array.from({ length: callers }, makeCalls)];
for (let number = 0; number < times; number += 1) {
  for (const instance of instances) {
    await wait(500);
    await instance.server.stop();
    instance.server = await start(instance.port);
    while (!instance.ready) await wait(50);
  }
}
ended = true;
await Promise.all(running);
for (const { server } of instances) await server.stop();
process.stdout.write(
  `${2 * times} restarts under load: ${answered} calls answered, ${failures.length} failed ${[...new Set(failures)]}\n`,
);
if (failures.length > 0) process.exitCode = 1;
