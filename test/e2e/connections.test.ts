import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Test, test } from 'tap';
import { recording } from '../fixtures/recordings.ts';
import { call, until } from '../support/calls.ts';
import { issueServer, makeAuthority } from '../support/pki.ts';
import { main, readyUrl } from '../support/process.ts';
import { SecretFolder } from '../support/secret-folder.ts';
import { body, listening } from '../support/service.ts';

const isCutOff = (socket: Socket) => socket.destroyed || socket.readableEnded;

/** Opens connections on which nothing is sent. */
async function openConnections(t: Test, url: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = [];
  while (sockets.length < count) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    sockets.push(socket.resume());
  }
  return sockets;
}

/** Callers, each with a connection that is kept alive. */
function caller(t: Test, headers: Readonly<Record<string, string>> = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const ports = new Set<number | undefined>();
  return {
    call: async (url: string) => {
      const answer = await call(`${url}/sync`, { body, agent, headers });
      for (const list of Object.values(agent.freeSockets)) {
        for (const { localPort } of list ?? []) ports.add(localPort);
      }
      return answer.statusCode;
    },
    /** The number of connections that its calls needed. */
    connections: () => ports.size,
  };
}

test('the oldest connection without an authenticated call is closed for a further one', async (t) => {
  const folder = new SecretFolder({ tokens: 'token' });
  t.teardown(() => folder.remove());
  const { url, log } = await listening(t, { MAX_CONNECTIONS: '10', AUTH_BEARER_FILE: folder.path('tokens') });
  const known = caller(t, { authorization: 'Bearer token' });
  const unknown = caller(t);
  t.strictSame([await known.call(url), await unknown.call(url)], [200, 401]);
  const first = await openConnections(t, url, 8);
  t.notOk(first.some(isCutOff), 'as many as there may be');

  const second = await openConnections(t, url, 8);
  await until('the oldest are closed', () => first.slice(0, 7).every(isCutOff));
  t.notOk(isCutOff(first[7] as Socket), 'and the one that was refused');
  t.notOk(second.some(isCutOff));
  t.strictSame([await known.call(url), await unknown.call(url)], [200, 401]);
  t.equal(known.connections(), 1);
  t.equal(unknown.connections(), 2);
  t.equal((await call(`${url}/healthz`)).statusCode, 200, 'a probe gets through');
  await until('it is logged', () =>
    log.some(({ msg, calls }) => String(msg).startsWith('A connection was closed') && Number(calls) >= 6),
  );
});

test('if every connection is of an authenticated caller, a further one is closed', async (t) => {
  const { url } = await listening(t, { MAX_CONNECTIONS: '2', LOG_LEVEL: 'silent' });
  const callers = [caller(t), caller(t)];
  for (const each of callers) t.equal(await each.call(url), 200);
  await t.rejects(call(`${url}/healthz`));
  for (const each of callers) t.equal(await each.call(url), 200);
  t.strictSame(
    callers.map((each) => each.connections()),
    [1, 1],
  );
});

test('at the limit of open files the service still answers callers', async (t) => {
  const service = spawn('bash', ['-c', 'ulimit -n 256 && exec "$0" "$1"', process.execPath, main], {
    env: { PORT: '0', SHUTDOWN_GRACE_SECONDS: '0', MAX_CONNECTIONS: '10000', MAX_LAG_MS: '10000' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.teardown(() => service.kill('SIGKILL'));
  const { url, log } = await readyUrl(service);
  t.match(
    log.filter(({ setting }) => setting !== undefined),
    [{ level: 40, setting: 10_000, used: 192 }],
  );
  const sockets = Array.from({ length: 500 }, () =>
    connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {}),
  );
  t.teardown(() => sockets.forEach((socket) => void socket.destroy()));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (let times = 0; times < 20; times += 1) {
    t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
    t.equal((await call(`${url}/metrics`)).statusCode, 200);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  t.strictSame([service.exitCode, service.signalCode], [null, null]);
  const exit = once(service, 'exit');
  service.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
});

/** The body of a call with a large answer: conditions of other controllers are returned unchanged. */
function largeBody(mebibytes: number): string {
  const request = structuredClone(recording('create', 1).request) as {
    parent: { status?: Record<string, unknown> };
  };
  const conditions = Array.from({ length: mebibytes * 1024 }, (_, index) => ({
    type: `Foreign${index}`,
    status: 'True',
    reason: 'Reason',
    message: 'm'.repeat(900),
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  request.parent.status = { ...request.parent.status, conditions };
  return JSON.stringify(request);
}

const post = (text: string) =>
  `POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;

/** The number of calls in flight, from the metrics. */
async function inFlight(url: string): Promise<number> {
  const metrics = (await call(`${url}/metrics`, { tls: { rejectUnauthorized: false } })).body;
  return Number(/^mcpregistry_hook_requests_in_flight (\d+)$/m.exec(metrics)?.[1]);
}

async function tlsSettings(t: Test): Promise<Record<string, string>> {
  const pair = await issueServer(await makeAuthority('authority'));
  const folder = new SecretFolder({ ...pair });
  t.teardown(() => folder.remove());
  return { TLS_CERT_FILE: folder.path('cert'), TLS_KEY_FILE: folder.path('key') };
}

for (const transport of ['plain', 'TLS'] as const) {
  const settings = async (t: Test) => (transport === 'TLS' ? await tlsSettings(t) : {});
  const open = async (t: Test, url: string) => {
    const port = Number(new URL(url).port);
    const socket =
      transport === 'TLS'
        ? connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false })
        : connect(port, '127.0.0.1');
    t.teardown(() => socket.destroy());
    await once(
      socket.on('error', () => {}),
      transport === 'TLS' ? 'secureConnect' : 'connect',
    );
    return socket;
  };
  const tls = { rejectUnauthorized: false };

  test(`${transport}: the number of connections is limited, and a caller keeps its own`, async (t) => {
    const { url, log } = await listening(t, { ...(await settings(t)), MAX_CONNECTIONS: '5' });
    const known = await open(t, url);
    const answer = async () => {
      known.setEncoding('utf8').write(post(body));
      return String((await once(known, 'data'))[0]).slice(0, 12);
    };
    t.equal(await answer(), 'HTTP/1.1 200');
    const others: Socket[] = [];
    while (others.length < 20) others.push((await open(t, url)).resume());
    await until('the oldest are closed', () => others.slice(0, 16).every(isCutOff));
    t.strictSame(others.slice(16).map(isCutOff), [false, false, false, false]);
    t.equal((await call(`${url}/healthz`, { tls })).statusCode, 200);
    t.equal(await answer(), 'HTTP/1.1 200');
    await until('it is logged', () =>
      log.some(({ msg }) => String(msg).startsWith('A connection was closed')),
    );
    t.strictSame(
      log.filter(({ level }) => Number(level) > 40),
      [],
    );
  });

  test(`${transport}: connections whose answers are not read are closed, and small calls are answered meanwhile`, async (t) => {
    const { url } = await listening(t, { ...(await settings(t)), LOG_LEVEL: 'silent' });
    const large = post(largeBody(12));
    for (let times = 0; times < 4; times += 1) (await open(t, url)).write(large);
    await until('all are answered', async () => (await inFlight(url)) === 4);
    for (let times = 0; times < 50; times += 1) {
      t.equal((await call(`${url}/sync`, { body, tls })).statusCode, 200);
    }
    await until('none is in flight', async () => (await inFlight(url)) === 0, 15_000);
    t.equal((await call(`${url}/sync`, { body: largeBody(12), tls })).statusCode, 200);
  });

  test(`${transport}: a connection whose answer is read byte by byte is closed in the end`, async (t) => {
    const { url } = await listening(t, { ...(await settings(t)), LOG_LEVEL: 'silent' });
    const socket = await open(t, url);
    socket.write(post(largeBody(12)));
    socket.pause();
    const reading = setInterval(() => socket.read(1), 100);
    t.teardown(() => clearInterval(reading));
    await until('it is answered', async () => (await inFlight(url)) === 1);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    t.equal(await inFlight(url), 1);
    const { now } = Date;
    t.teardown(() => Object.assign(Date, { now }));
    const shifted = now() + 20_000;
    const begun = performance.now();
    Date.now = () => shifted + performance.now() - begun;
    await until('it is not in flight', async () => (await inFlight(url)) === 0, 3000);
  });

  test(`${transport}: connections without an authenticated call are closed soon, and others are kept`, async (t) => {
    const folder = new SecretFolder({ tokens: 'token' });
    t.teardown(() => folder.remove());
    const { url } = await listening(t, {
      ...(await settings(t)),
      AUTH_BEARER_FILE: folder.path('tokens'),
      LOG_LEVEL: 'silent',
    });
    const cases = [
      { reason: 'a probe', request: 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n', code: 200, isKept: false },
      { reason: 'no credentials', request: post(body), code: 401, isKept: false },
      {
        reason: 'a call with credentials',
        request: post(body).replace('\r\n\r\n', '\r\nauthorization: Bearer token\r\n\r\n'),
        code: 200,
        isKept: true,
      },
    ];
    await Promise.all(
      cases.map(async ({ reason, request, code, isKept }) => {
        const socket = await open(t, url);
        socket.setEncoding('utf8').write(request);
        t.match((await once(socket, 'data'))[0], new RegExp(`^HTTP/1\\.1 ${code} `), reason);
        socket.resume();
        await new Promise((resolve) => setTimeout(resolve, 8000));
        t.equal(isCutOff(socket), !isKept, reason);
        if (!isKept) return;
        // A call that stalls on it is still aborted.
        socket.write(request.slice(0, -1));
        await Promise.race([once(socket, 'close'), new Promise((resolve) => setTimeout(resolve, 8000))]);
        t.ok(isCutOff(socket), 'it stalls');
      }),
    );
  });
}

test('connections that are reset leave no calls in flight, also with pipelined ones', async (t) => {
  const { url } = await listening(t, { BODY_LIMIT_BYTES: String(2 * 1024 * 1024), LOG_LEVEL: 'silent' });
  const large = body + ' '.repeat(2 * 1024 * 1024 - body.length);
  for (let times = 0; times < 10; times += 1) {
    const [socket] = (await openConnections(t, url, 1)) as [Socket];
    socket.write(post(large) + post(body).repeat(20) + post(large).slice(0, 1000), () =>
      socket.resetAndDestroy(),
    );
    await once(socket, 'close');
  }
  await until('none is in flight', async () => (await inFlight(url)) === 0);
  const callers = await openConnections(t, url, 4);
  for (const socket of callers) socket.write(post(large).slice(0, 1000));
  await until('four large ones are in flight', async () => (await inFlight(url)) === 4);
  for (const socket of callers) socket.destroy();
});
