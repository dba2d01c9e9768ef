import { once } from 'node:events';
import { connect } from 'node:net';
import { test } from 'tap';
import { recording } from '../fixtures/recordings.ts';
import { call } from '../support/calls.ts';
import { startReady } from '../support/process.ts';

test('a call in flight at the signal is still answered', async (t) => {
  const { service, url } = await startReady();
  t.teardown(() => service.kill('SIGKILL'));
  const body = JSON.stringify(recording('create', 1).request);
  const response = fetch(`${url}/sync`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
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
    'the open connection would delay the exit otherwise',
  );
  t.strictSame(await exit, [0, null]);
});

test('after SIGTERM the service is not ready, and answers calls for the grace period', async (t) => {
  const { service, url, log } = await startReady({ SHUTDOWN_GRACE_SECONDS: '2' });
  t.teardown(() => service.kill('SIGKILL'));
  const exit = once(service, 'exit');
  const begun = Date.now();
  service.kill('SIGTERM');
  let notReady = 0;
  while (Date.now() - begun < 1500) {
    const ready = await call(`${url}/readyz`);
    if (ready.statusCode === 503) notReady += 1;
    else t.equal(notReady, 0, 'it is never ready again');
    const answer = await call(`${url}/sync`, { body: JSON.stringify(recording('create', 1).request) });
    t.equal(answer.statusCode, 200, 'a call on a new connection');
    if (notReady > 0) t.equal(answer.headers.connection, 'close', 'the next call goes elsewhere');
    t.equal((await call(`${url}/healthz`)).statusCode, 200, 'it is alive');
  }
  t.ok(notReady > 0);
  t.strictSame(await exit, [0, null]);
  t.ok(Date.now() - begun < 5000, 'it exits after the grace period');
  t.match(
    log.filter(({ msg }) => msg === 'shutting down'),
    [{ signal: 'SIGTERM', graceSeconds: 2 }],
  );
});

test('a second signal ends the service at once, with calls in flight', async (t) => {
  for (const grace of ['0', '60']) {
    const { service, url } = await startReady({ SHUTDOWN_GRACE_SECONDS: grace });
    t.teardown(() => service.kill('SIGKILL'));
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    socket.write(
      'POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{',
    );
    await new Promise((resolve) => setTimeout(resolve, 200));
    const exit = once(service, 'exit');
    service.kill('SIGTERM');
    await new Promise((resolve) => setTimeout(resolve, 300));
    t.equal(service.exitCode, null, 'one signal waits for the call');
    service.kill('SIGTERM');
    t.strictSame(await exit, [0, null]);
  }
});

test('unused connections do not delay the exit', async (t) => {
  const { service, url } = await startReady();
  t.teardown(() => service.kill('SIGKILL'));
  const exit = once(service, 'exit');
  const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  await once(socket, 'connect');
  await new Promise((resolve) => setTimeout(resolve, 200));
  const begun = Date.now();
  service.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
  t.ok(Date.now() - begun < 4000, 'long before its deadline');
});
