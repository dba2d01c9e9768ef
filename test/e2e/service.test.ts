import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';
import { recording } from '../fixtures/recordings.ts';

const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
if (!existsSync(main)) throw new Error('these tests are for the built service: run npm run build first');

type Service = ChildProcessByStdio<null, Readable, Readable>;

/** The service as a process that sees nothing of this one's environment. */
function start(environment: Readonly<Record<string, string>>): Service {
  return spawn(process.execPath, [main], { env: { ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The service on a port that was free, with the log that it writes. */
async function startReady(): Promise<{ service: Service; url: string; log: Record<string, unknown>[] }> {
  const service = start({ PORT: '0' });
  const log: Record<string, unknown>[] = [];
  const url = await new Promise<string>((resolve, reject) => {
    service.once('exit', (code) => reject(new Error(`the service ended with ${code} before it listened`)));
    createInterface({ input: service.stdout }).on('line', (line) => {
      log.push(JSON.parse(line));
      const address = /http:\/\/[0-9.:]+/.exec(line);
      if (address !== null) resolve(address[0]);
    });
  });
  while (!(await fetch(`${url}/readyz`)).ok) await new Promise((resolve) => setTimeout(resolve, 50));
  return { service, url, log };
}

function post(url: string, request: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`the built service answers a call, and ends well on ${signal}`, async (t) => {
    const { service, url, log } = await startReady();
    t.teardown(() => service.kill('SIGKILL'));

    const response = await post(`${url}/sync`, recording('create', 1).request);
    t.equal(response.status, 200);
    const answer = (await response.json()) as { children: { kind: string }[]; status: { phase: string } };
    t.strictSame(answer.children.map(({ kind }) => kind).sort(), [
      'ConfigMap',
      'Deployment',
      'Role',
      'RoleBinding',
      'Service',
      'ServiceAccount',
    ]);
    t.equal(answer.status.phase, 'Pending');

    const exit = once(service, 'exit');
    service.kill(signal);
    t.strictSame(await exit, [0, null]);
    t.match(log, [
      { msg: /^Server listening at/ },
      { hook: 'sync', registry: 'mcp-system/production' },
      { msg: 'shutting down', signal },
    ]);
  });
}

test('a call that is on its way at the signal is still answered', async (t) => {
  const { service, url } = await startReady();
  t.teardown(() => service.kill('SIGKILL'));
  const body = JSON.stringify(recording('create', 1).request);
  const response = fetch(`${url}/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    duplex: 'half',
    body: new ReadableStream({
      async start(controller) {
        controller.enqueue(Buffer.from(body.slice(0, 100)));
        await new Promise((resolve) => setTimeout(resolve, 300));
        service.kill('SIGTERM');
        await new Promise((resolve) => setTimeout(resolve, 300));
        controller.enqueue(Buffer.from(body.slice(100)));
        controller.close();
      },
    }),
  } as RequestInit);
  const exit = once(service, 'exit');
  t.equal((await response).status, 200);
  t.equal(
    (await response).headers.get('connection'),
    'close',
    'or the open connection would keep the service',
  );
  t.strictSame(await exit, [0, null]);
});

test('a service that can not start says why, and nothing else', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.teardown(() => taken.close());
  const port = String((taken.address() as AddressInfo).port);
  const cases = [
    {
      reason: 'settings that are wrong, all at once',
      environment: { PORT: 'http', LOG_LEVEL: 'loud' },
      errors: [
        "The settings can't be used:",
        'PORT is "http": it may hold a whole number from 0 to 65535',
        'LOG_LEVEL is "loud": it may hold one of fatal, error, warn, info, debug, trace, silent',
      ],
    },
    {
      reason: 'a port that somebody else has',
      environment: { PORT: port },
      errors: [`Can't listen on HOST 127.0.0.1, PORT ${port}: the port is in use`],
    },
    {
      reason: 'an address of no interface of this machine',
      environment: { HOST: '192.0.2.1', PORT: '0' },
      errors: [
        "Can't listen on HOST 192.0.2.1, PORT 0: listen EADDRNOTAVAIL: address not available 192.0.2.1",
      ],
    },
  ];
  for (const { reason, environment, errors } of cases) {
    const service = start(environment);
    t.teardown(() => service.kill('SIGKILL'));
    const [output, complaint, exit] = await Promise.all([
      text(service.stdout),
      text(service.stderr),
      once(service, 'exit'),
    ]);
    t.strictSame(exit, [1, null], reason);
    t.equal(complaint, `${errors.join('\n')}\n`, reason);
    t.equal(output, '', reason);
  }
});
