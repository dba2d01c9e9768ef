import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { Agent } from 'node:https';
import { connect as connectPlain } from 'node:net';
import { connect } from 'node:tls';
import { type Test, test } from 'tap';
import { call, until } from '../support/calls.ts';
import { issueServer, makeAuthority, type Pair } from '../support/pki.ts';
import { SecretFolder } from '../support/secret-folder.ts';
import { body, listening } from '../support/service.ts';

async function tlsService(t: Test, more: { ca?: string; settings?: Record<string, string> } = {}) {
  const authority = await makeAuthority('authority');
  const pair = await issueServer(authority);
  const folder = new SecretFolder({ ...pair, ...(more.ca !== undefined && { ca: more.ca }) });
  t.teardown(() => folder.remove());
  const service = await listening(t, {
    TLS_CERT_FILE: folder.path('cert'),
    TLS_KEY_FILE: folder.path('key'),
    FILE_RELOAD_SECONDS: '1',
    ...(more.ca !== undefined && { TLS_CLIENT_CA_FILE: folder.path('ca') }),
    ...more.settings,
  });
  return { ...service, authority, pair, folder, port: Number(new URL(service.url).port) };
}

/** The serial number of the certificate that a new connection gets. */
async function served(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const { serialNumber } = socket.getPeerX509Certificate() ?? { serialNumber: '' };
  socket.destroy();
  return serialNumber;
}

const serialOf = (pem: string) => new X509Certificate(pem).serialNumber;

test('only TLS 1.2 and 1.3', async (t) => {
  const { url, port, authority } = await tlsService(t);
  t.match(url, /^https:/);
  t.equal((await call(`${url}/sync`, { body, tls: { ca: authority.cert } })).statusCode, 200);
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, maxVersion: version });
    await once(socket, 'secureConnect');
    t.equal(socket.getProtocol(), version);
    socket.destroy();
  }
  const old = connect({
    host: '127.0.0.1',
    port,
    ca: authority.cert,
    minVersion: 'TLSv1',
    maxVersion: 'TLSv1.1',
    ciphers: 'DEFAULT@SECLEVEL=0',
  });
  await t.rejects(once(old, 'secureConnect'));
  await t.rejects(call(`http://127.0.0.1:${port}/healthz`), 'plain HTTP');
  t.equal(
    (await call(`${url}/healthz`, { tls: { ca: authority.cert } })).statusCode,
    200,
    'it goes on after that',
  );
});

test('only AEAD cipher suites with TLS 1.2, before and after files have changed', async (t) => {
  const authority = await makeAuthority('authority');
  const issue = () => issueServer(authority, { algorithm: 'RSA' });
  const pair = await issue();
  const folder = new SecretFolder({ ...pair });
  t.teardown(() => folder.remove());
  const { url } = await listening(t, {
    TLS_CERT_FILE: folder.path('cert'),
    TLS_KEY_FILE: folder.path('key'),
    FILE_RELOAD_SECONDS: '1',
  });
  const port = Number(new URL(url).port);
  /** The negotiated suite of a TLS 1.2 client, or of a TLS 1.3 client if no suite is given. */
  const agree = async (ciphers?: string) => {
    const version = ciphers === undefined ? 'TLSv1.3' : 'TLSv1.2';
    const own = ciphers === undefined ? {} : { ciphers: `${ciphers}:@SECLEVEL=0` };
    const options = { minVersion: version, maxVersion: version, ...own } as const;
    const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ...options });
    try {
      await once(socket, 'secureConnect');
      return socket.getCipher().name;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code;
    } finally {
      socket.destroy();
    }
  };
  const cases = [
    { reason: 'CBC with SHA-1', suite: 'ECDHE-RSA-AES128-SHA', isAccepted: false },
    { reason: 'CBC with SHA-256', suite: 'ECDHE-RSA-AES128-SHA256', isAccepted: false },
    { reason: 'GCM without forward secrecy', suite: 'AES128-GCM-SHA256', isAccepted: false },
    { reason: 'GCM', suite: 'ECDHE-RSA-AES128-GCM-SHA256', isAccepted: true },
    { reason: 'GCM with AES-256', suite: 'ECDHE-RSA-AES256-GCM-SHA384', isAccepted: true },
    { reason: 'ChaCha20-Poly1305', suite: 'ECDHE-RSA-CHACHA20-POLY1305', isAccepted: true },
  ];
  const check = async (when: string) => {
    for (const { reason, suite, isAccepted } of cases) {
      const agreed = isAccepted ? suite : 'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE';
      t.equal(await agree(suite), agreed, `${reason}, ${when}`);
    }
    t.match(await agree(), /^TLS_/, `TLS 1.3, ${when}`);
  };
  await check('at the start');
  const renewed = await issue();
  folder.update({ ...renewed });
  await until('the new certificate is served', async () => (await served(port)) === serialOf(renewed.cert));
  await check('after a change');
});

test('a renewed certificate is in use without a restart, and no call fails meanwhile', async (t) => {
  const { url, port, authority, pair, folder, log } = await tlsService(t);
  const agent = new Agent({ keepAlive: true, ca: authority.cert, maxSockets: 1 });
  t.teardown(() => agent.destroy());
  const kept = async () => t.equal((await call(`${url}/sync`, { body, agent })).statusCode, 200);
  await kept();
  t.equal(await served(port), serialOf(pair.cert));

  const renewed = await issueServer(authority, { until: 60 });
  folder.update({ ...renewed });
  await until('the new certificate is served', async () => {
    await kept();
    t.equal((await call(`${url}/sync`, { body, tls: { ca: authority.cert } })).statusCode, 200);
    return (await served(port)) === serialOf(renewed.cert);
  });
  await kept();
  const { body: metrics } = await call(`${url}/metrics`, { agent });
  const expiry = Date.parse(new X509Certificate(renewed.cert).validTo) / 1000;
  t.match(
    metrics,
    `mcpregistry_hook_certificate_expiry_timestamp_seconds{setting="TLS_CERT_FILE"} ${expiry}\n`,
  );
  t.match(
    log.filter(({ msg }) => msg === 'files reloaded'),
    [{ level: 30, files: /^TLS_CERT_FILE .*cert, TLS_KEY_FILE .*key$/ }],
  );
});

test('a pair that can not be used is logged, and the previous one stays in use', async (t) => {
  const { url, port, authority, pair, folder, log } = await tlsService(t);
  const other = await issueServer(authority);
  const errors = () => log.filter(({ level }) => level === 50);
  const cases = [
    { reason: 'a key of another certificate', files: { cert: pair.cert, key: other.key } },
    { reason: 'half of a certificate', files: { cert: pair.cert.slice(0, 200), key: pair.key } },
    { reason: 'an empty key', files: { cert: pair.cert, key: '' } },
    { reason: 'no files', files: {} },
  ];
  for (const { reason, files } of cases) {
    const before = errors().length;
    folder.update(files);
    await until(`there is an error for ${reason}`, () => errors().length > before);
    t.match(errors().at(-1), { msg: /TLS_CERT_FILE .* stays in use$/ }, reason);
    t.equal(await served(port), serialOf(pair.cert), reason);
    t.equal((await call(`${url}/sync`, { body, tls: { ca: authority.cert } })).statusCode, 200, reason);
  }
  folder.update({ ...other });
  await until('a valid pair is used again', async () => (await served(port)) === serialOf(other.cert));
});

test('client authorities are rotated: new ones are trusted, old ones no longer are, on open connections as well', async (t) => {
  const [first, second] = [await makeAuthority('first'), await makeAuthority('second')];
  const { url, authority, folder, pair } = await tlsService(t, { ca: first.cert });
  const clientWith = (certificate: Pair) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.cert, ...certificate });
    t.teardown(() => agent.destroy());
    return async () => (await call(`${url}/sync`, { body, agent })).statusCode;
  };
  const client = async (issuer: typeof first) =>
    clientWith(await issuer.issue({ name: 'client', usage: 'client' }));
  const between = await first.intermediate('between');
  const viaBetween = await between.issue({ name: 'client', usage: 'client' });
  const [ofFirst, ofSecond, ofBetween] = [
    await client(first),
    await client(second),
    clientWith({ key: viaBetween.key, cert: `${viaBetween.cert}\n${between.cert}` }),
  ];
  t.strictSame([await ofFirst(), await ofSecond(), await ofBetween()], [200, 401, 200]);

  folder.update({ ...pair, ca: `${first.cert}\n${second.cert}` });
  await until('the second authority is trusted', async () => {
    t.equal(await ofFirst(), 200, 'the first one is all the time');
    t.equal(await ofBetween(), 200, 'and so is one of its intermediate authority');
    return (await ofSecond()) === 200;
  });
  folder.update({ ...pair, ca: second.cert });
  await until('the first authority is trusted no more', async () => {
    t.equal(await ofSecond(), 200);
    return (await ofFirst()) === 401 && (await ofBetween()) === 401;
  });
});

test('a call on an open connection is refused once its certificate has expired', async (t) => {
  const clients = await makeAuthority('clients');
  const { url, authority } = await tlsService(t, { ca: clients.cert });
  const seconds = 3 / (24 * 60 * 60);
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: authority.cert,
    ...(await clients.issue({ name: 'client', usage: 'client', until: seconds })),
  });
  t.teardown(() => agent.destroy());
  t.equal((await call(`${url}/sync`, { body, agent })).statusCode, 200);
  await new Promise((resolve) => setTimeout(resolve, 3500));
  const answer = await call(`${url}/sync`, { body, agent });
  t.equal(answer.statusCode, 401);
  t.match(answer.body, /the client certificate or its authority has expired/);
});

test('a trusted authority that is sent along but did not issue the certificate does not count', async (t) => {
  const [first, second] = [await makeAuthority('first'), await makeAuthority('second')];
  const { url, authority, folder, pair } = await tlsService(t, { ca: first.cert });
  const { key, cert } = await first.issue({ name: 'client', usage: 'client' });
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: authority.cert,
    key,
    cert: `${cert}\n${second.cert}`,
  });
  t.teardown(() => agent.destroy());
  const status = async () => (await call(`${url}/sync`, { body, agent })).statusCode;
  t.equal(await status(), 200);
  folder.update({ ...pair, ca: second.cert });
  await until('its authority is trusted no more', async () => (await status()) === 401);
});

test('a connection is refused once its authority is removed', async (t) => {
  const [first, second] = [await makeAuthority('first'), await makeAuthority('second')];
  const { url, port, authority, folder, pair, log } = await tlsService(t, { ca: first.cert });
  const client = await first.issue({ name: 'client', usage: 'client' });
  const early = connectPlain(port, '127.0.0.1');
  await once(early, 'connect');
  await call(`${url}/healthz`, { tls: { ca: authority.cert } });
  folder.update({ ...pair, ca: second.cert });
  await until('the authorities are read', () => log.some(({ msg }) => msg === 'files reloaded'));
  const socket = connect({
    socket: early,
    ca: authority.cert,
    checkServerIdentity: () => undefined,
    ...client,
  });
  socket
    .setEncoding('utf8')
    .write(`POST /sync HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}`);
  t.match((await once(socket, 'data'))[0], /^HTTP\/1\.1 401 /);
  socket.destroy();
});

test('an expired authority is no longer trusted on open connections', async (t) => {
  const clients = await makeAuthority('clients', 4 / (24 * 60 * 60));
  const { url, authority } = await tlsService(t, { ca: clients.cert });
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 1,
    ca: authority.cert,
    ...(await clients.issue({ name: 'client', usage: 'client' })),
  });
  t.teardown(() => agent.destroy());
  const status = async () => (await call(`${url}/sync`, { body, agent })).statusCode;
  t.equal(await status(), 200);
  await until('it has expired', async () => (await status()) === 401);
});
