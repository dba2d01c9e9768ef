import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'tap';
import { call, until } from '../support/calls.ts';
import { SecretFolder } from '../support/secret-folder.ts';
import { body, listening } from '../support/service.ts';

const mebibyte = 1024 * 1024;

const head = (length: number) =>
  `POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`;

/** A connection with a call whose body is not sent yet. */
async function begin(url: string, length = Buffer.byteLength(body)): Promise<Socket> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(head(length));
  return socket;
}

/** The number of calls in flight, from the metrics. */
async function inFlight(url: string): Promise<number> {
  const metrics = (await call(`${url}/metrics`)).body;
  return Number(/^mcpregistry_hook_requests_in_flight (\d+)$/m.exec(metrics)?.[1]);
}

test('calls beyond the limit are answered with 429 before their body is read, and then admitted again', async (t) => {
  const { url, log } = await listening(t, { MAX_CALLS: '2' });
  const slow = [await begin(url), await begin(url)];
  const metric = async (name: string) =>
    (await call(`${url}/metrics`)).body.match(new RegExp(`^mcpregistry_hook_${name} (.*)$`, 'm'))?.[1];
  await until('both are in flight', async () => (await inFlight(url)) === 2);

  const third = await begin(url);
  const [answer] = await once(third, 'data');
  t.match(answer, /^HTTP\/1\.1 429 Too Many Requests\r\n/);
  t.match(answer, /\r\nretry-after: [123]\r\n/);
  t.match(answer, /"statusCode":429/);
  for (const path of ['/healthz', '/readyz']) t.equal((await call(`${url}${path}`)).statusCode, 200, path);

  for (const socket of slow) {
    socket.write(body);
    t.match((await once(socket, 'data'))[0], /^HTTP\/1\.1 200 OK/);
  }
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
  t.equal(await metric('shed_calls_total{hook="sync"}'), '1');
  t.equal(await metric('calls_total{hook="sync",outcome="shed",code="429"}'), '1');
  t.match(
    log.filter(({ statusCode }) => statusCode === 429),
    [
      {
        level: 40,
        hook: 'sync',
        msg: 'The call was shed: MAX_CALLS is reached. Raise it or run more replicas.',
      },
    ],
  );
  for (const socket of [...slow, third]) socket.destroy();
});

test('four bodies of the largest size may be in flight, and small ones beside them', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  const large = body + ' '.repeat(16 * mebibyte - body.length);
  const stalled = await Promise.all(Array.from({ length: 4 }, () => begin(url, large.length)));
  await until('all are', async () => (await inFlight(url)) === 4);
  const fifth = await begin(url, mebibyte + 1);
  t.match((await once(fifth, 'data'))[0], /^HTTP\/1\.1 429 /, 'a large one has no room');
  fifth.destroy();
  for (let times = 0; times < 50; times += 1) {
    t.equal((await call(`${url}/sync`, { body })).statusCode, 200, 'a small one has');
  }
  for (const socket of stalled) socket.write(large);
  for (const socket of stalled) {
    if (!/^HTTP\/1\.1 200 /.test((await once(socket, 'data'))[0])) t.fail('a large one is not answered');
    socket.destroy();
  }
  await until('none is in flight', async () => (await inFlight(url)) === 0);
  t.equal((await call(`${url}/sync`, { body: large })).statusCode, 200, 'a large one has room again');
});

test('while the event loop lags, calls are answered with 429, and probes are answered', async (t) => {
  const { url, log } = await listening(t, { MAX_LAG_MS: '50' });
  await until('a call is shed', async () => {
    const end = performance.now() + 200;
    while (performance.now() < end);
    const { statusCode, headers } = await call(`${url}/sync`, { body });
    if (statusCode === 429) t.match(headers['retry-after'], /^[123]$/);
    return statusCode === 429;
  });
  for (const path of ['/healthz', '/readyz', '/metrics'])
    t.equal((await call(`${url}${path}`)).statusCode, 200, path);
  await until('calls are admitted', async () => (await call(`${url}/sync`, { body })).statusCode === 200);
  t.ok(
    log.some(
      ({ msg }) =>
        msg === 'The call was shed: MAX_LAG_MS is exceeded. Run more replicas or give them more CPU.',
    ),
  );
});

test('an aborted call is no longer in flight', async (t) => {
  const { url } = await listening(t, { MAX_CALLS: '1', LOG_LEVEL: 'silent' });
  for (let times = 0; times < 5; times += 1) {
    await until('none is in flight', async () => (await inFlight(url)) === 0);
    const socket = await begin(url);
    socket.write(body.slice(0, 100));
    await until('it is in flight', async () => (await call(`${url}/sync`, { body })).statusCode === 429);
    socket.destroy();
    await until('there is room', async () => (await call(`${url}/sync`, { body })).statusCode === 200);
  }
});

test('unauthenticated calls do not count as in flight', async (t) => {
  const folder = new SecretFolder({ tokens: 'token' });
  t.teardown(() => folder.remove());
  const { url } = await listening(t, {
    MAX_CALLS: '1',
    AUTH_BEARER_FILE: folder.path('tokens'),
    LOG_LEVEL: 'silent',
  });
  const unauthenticated = await Promise.all([begin(url), begin(url)]);
  for (const socket of unauthenticated) t.match((await once(socket, 'data'))[0], /^HTTP\/1\.1 401 /);
  const headers = { authorization: 'Bearer token' };
  t.equal((await call(`${url}/sync`, { body, headers })).statusCode, 200);
  for (const socket of unauthenticated) socket.destroy();
});

test('clients that send their headers or their body too slowly are disconnected', async (t) => {
  const { url, log } = await listening(t);
  const cases = [
    // Both Node.js and the watch over connections end it after 5 s, whichever looks first.
    { reason: 'nothing at all', first: '', limit: 5000, answered: /^$|^HTTP\/1\.1 408 / },
    {
      reason: 'headers without an end',
      first: 'POST /sync HTTP/1.1\r\n',
      drip: 'x: y\r\n',
      limit: 5000,
      answered: /^HTTP\/1\.1 408 /,
    },
    { reason: 'a body that stalls', first: `${head(1_000_000)}{`, limit: 5000, answered: /^$/ },
    {
      reason: 'a body without an end',
      first: `${head(1_000_000)}{`,
      drip: ' ',
      limit: 10_000,
      answered: /^HTTP\/1\.1 408 /,
    },
  ];
  await Promise.all(
    cases.map(async ({ reason, first, drip, limit, answered }) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1')
        .setEncoding('utf8')
        .on('error', () => {});
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk;
      });
      const begun = Date.now();
      if (first !== '') socket.write(first);
      const dripping = setInterval(() => drip !== undefined && socket.writable && socket.write(drip), 500);
      await once(socket, 'close');
      clearInterval(dripping);
      const took = Date.now() - begun;
      t.ok(took > limit - 500 && took < limit + 2500, `${reason}: ${took} ms`);
      t.match(answer, answered, reason);
    }),
  );
  await until(
    'the slow bodies are logged',
    () => log.filter(({ statusCode }) => statusCode === 408).length === 2,
  );
  t.match(log.at(-1), {
    path: '/sync',
    msg: 'The body did not arrive: the client closed the connection, sent nothing for 5 s, or took longer than 10 s.',
  });
  t.match(
    (await call(`${url}/metrics`)).body,
    'mcpregistry_hook_calls_total{hook="sync",outcome="refused",code="408"} 2\n',
  );
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
});

test('a client that was answered early can not go on sending', async (t) => {
  const { url } = await listening(t, { BODY_LIMIT_BYTES: '2000', LOG_LEVEL: 'silent' });
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
    .setEncoding('utf8')
    .on('error', () => {});
  socket.write(head(1_000_000_000));
  t.match((await once(socket, 'data'))[0], /^HTTP\/1\.1 413 /);
  const begun = Date.now();
  const sending = setInterval(() => socket.writable && socket.write('x'.repeat(1000)), 100);
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(sending);
  t.ok(Date.now() - begun < 5000, 'and not until the time for a body is over');
});

test('a thousand connections', async (t) => {
  const { url } = await listening(t, { MAX_CONNECTIONS: '2000', LOG_LEVEL: 'silent' });
  const port = Number(new URL(url).port);
  const sockets = Array.from({ length: 1000 }, () => connect(port, '127.0.0.1').setEncoding('utf8'));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  t.equal((await call(`${url}/readyz`)).statusCode, 200, 'a probe is answered among them');
  const codes = await Promise.all(
    sockets.map(async (socket) => {
      socket.write(head(Buffer.byteLength(body)) + body);
      return String((await once(socket, 'data'))[0]).slice(9, 12);
    }),
  );
  const counts = (code: string) => codes.filter((each) => each === code).length;
  t.equal(counts('200') + counts('429'), 1000);
  t.ok(counts('200') >= 100);
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200, 'the service still answers');
  for (const socket of sockets) socket.destroy();
});

test('no body is read for an unknown route', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  for (const [start, code] of [
    ['POST /nope', 404],
    ['PUT /sync', 405],
    ['POST /healthz', 405],
  ] as const) {
    const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(head(1_000_000).replace('POST /sync', start));
    t.match((await once(socket, 'data'))[0], new RegExp(`^HTTP/1\\.1 ${code} `), start);
    socket.destroy();
  }
});

test('pipelined calls do not stay in flight after their connection was reset', async (t) => {
  const { url } = await listening(t, { LOG_LEVEL: 'silent' });
  const port = Number(new URL(url).port);
  const call20 = (head(Buffer.byteLength(body)) + body).repeat(20);
  for (let times = 0; times < 10; times += 1) {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    await once(socket, 'connect');
    socket.write(call20, () => socket.resetAndDestroy());
    await once(socket, 'close');
  }
  await until('none is in flight', async () => (await inFlight(url)) === 0);
});
