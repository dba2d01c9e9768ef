import { test } from 'tap';
import { type CallOptions, call, until } from '../support/calls.ts';
import { type Authority, issueServer, makeAuthority, type Pair } from '../support/pki.ts';
import { SecretFolder } from '../support/secret-folder.ts';
import { body, listening } from '../support/service.ts';

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const basic = (user: string) => ({ authorization: `Basic ${Buffer.from(user).toString('base64')}` });
const realm = 'realm="mcpregistry-hook"';

test('a bearer token or a user of the files is accepted', async (t) => {
  const folder = new SecretFolder({ tokens: 'first\nsecond\n', users: 'meta:pass:word\n' });
  t.teardown(() => folder.remove());
  const { url, log } = await listening(t, {
    AUTH_BEARER_FILE: folder.path('tokens'),
    AUTH_BASIC_FILE: folder.path('users'),
  });
  const none = 'no credentials were sent';
  const scheme = 'the scheme of the header Authorization is not accepted';
  const token = 'the bearer token is not in AUTH_BEARER_FILE';
  const user = 'the user and password are not in AUTH_BASIC_FILE';
  const cases: { reason: string; headers: Record<string, string>; refusal?: string }[] = [
    { reason: 'the first token', headers: bearer('first') },
    { reason: 'the second one', headers: bearer('second') },
    { reason: 'a scheme in capitals', headers: { authorization: 'BEARER first' } },
    { reason: 'a user, with a colon in the password', headers: basic('meta:pass:word') },
    { reason: 'nothing', headers: {}, refusal: none },
    { reason: 'another token', headers: bearer('third'), refusal: token },
    { reason: 'the beginning of a token', headers: bearer('firs'), refusal: token },
    { reason: 'both tokens', headers: bearer('first second'), refusal: token },
    { reason: 'no token', headers: { authorization: 'Bearer' }, refusal: scheme },
    { reason: 'another password', headers: basic('meta:password'), refusal: user },
    { reason: 'no password', headers: basic('meta'), refusal: user },
    { reason: 'a user as a token', headers: bearer('meta:pass:word'), refusal: token },
    { reason: 'a token as a user', headers: basic('first'), refusal: user },
    { reason: 'invalid base64', headers: { authorization: 'Basic %%%' }, refusal: user },
    { reason: 'another scheme', headers: { authorization: 'Digest first' }, refusal: scheme },
    { reason: 'a header with only a token', headers: { authorization: 'first' }, refusal: scheme },
  ];
  for (const hook of ['sync', 'finalize', 'customize']) {
    for (const { reason, headers, refusal } of cases) {
      const answer = await call(`${url}/${hook}`, { headers, body });
      if (refusal === undefined) {
        t.equal(answer.statusCode, 200, reason);
        continue;
      }
      t.equal(answer.statusCode, 401, reason);
      t.equal(answer.headers['www-authenticate'], `Bearer ${realm}, Basic ${realm}, charset="UTF-8"`, reason);
      t.equal(JSON.parse(answer.body).message, `The call is not authenticated: ${refusal}.`, reason);
    }
  }
  t.notMatch(JSON.stringify(log), /first|second|pass:word|Zmlyc3Q|bWV0YT/, 'no credentials in the log');
  t.strictSame(
    log.filter(({ id, level }) => id === undefined && level === 40).map(({ msg }) => msg),
    ['credentials are sent unencrypted: set TLS_CERT_FILE and TLS_KEY_FILE'],
  );
});

test('what needs no credentials, and what is refused before its body is read', async (t) => {
  const folder = new SecretFolder({ tokens: 'token\n' });
  t.teardown(() => folder.remove());
  const { url } = await listening(t, { AUTH_BEARER_FILE: folder.path('tokens'), BODY_LIMIT_BYTES: '1024' });
  for (const path of ['/healthz', '/readyz', '/metrics', '/openapi.json']) {
    t.equal((await call(`${url}${path}`)).statusCode, 200, path);
  }
  const cases: { reason: string; options: CallOptions }[] = [
    { reason: 'a body that is too large', options: { body: 'x'.repeat(5000) } },
    { reason: 'a body that is no JSON', options: { body: '{' } },
    { reason: 'a body of another type', options: { body, headers: { 'content-type': 'text/plain' } } },
  ];
  for (const { reason, options } of cases) {
    const answer = await call(`${url}/sync`, options);
    t.equal(answer.statusCode, 401, reason);
  }
});

test('a file that can not be used any more is in the metrics while it lasts', async (t) => {
  const folder = new SecretFolder({ tokens: 'token\n', users: '\ufeffmeta:pass\n' });
  t.teardown(() => folder.remove());
  const { url } = await listening(t, {
    AUTH_BEARER_FILE: folder.path('tokens'),
    AUTH_BASIC_FILE: folder.path('users'),
    FILE_RELOAD_SECONDS: '1',
    LOG_LEVEL: 'silent',
  });
  const marked = await call(`${url}/sync`, { headers: basic('meta:pass'), body });
  t.equal(marked.statusCode, 200, 'a byte order mark is no part of a name');
  const failed = async () =>
    [...(await call(`${url}/metrics`)).body.matchAll(/^mcpregistry_hook_file_reload_failed(.*)$/gm)].map(
      ([, value]) => value,
    );
  const lines = (tokens: number) => [
    `{setting="AUTH_BEARER_FILE"} ${tokens}`,
    '{setting="AUTH_BASIC_FILE"} 0',
  ];
  t.strictSame(await failed(), lines(0));
  folder.update({ tokens: '', users: 'meta:pass\n' });
  await until('the empty file is seen', async () => (await failed())[0] === lines(1)[0]);
  t.strictSame(await failed(), lines(1));
  const kept = await call(`${url}/sync`, { headers: bearer('token'), body });
  t.equal(kept.statusCode, 200, 'what was read before stays in use');
  folder.update({ tokens: 'other\n', users: 'meta:pass\n' });
  await until('it is well again', async () => (await failed())[0] === lines(0)[0]);
});

test('tokens are rotated while calls are made, and no valid call fails', async (t) => {
  const folder = new SecretFolder({ tokens: 'old\n' });
  t.teardown(() => folder.remove());
  const { url, log } = await listening(t, {
    AUTH_BEARER_FILE: folder.path('tokens'),
    FILE_RELOAD_SECONDS: '1',
  });
  const status = async (token: string) =>
    (await call(`${url}/sync`, { headers: bearer(token), body })).statusCode;
  t.strictSame([await status('old'), await status('new')], [200, 401]);

  folder.update({ tokens: 'old\nnew\n' });
  await until('the new token is accepted', async () => {
    t.equal(await status('old'), 200, 'the old one is valid all the time');
    return (await status('new')) === 200;
  });
  folder.update({ tokens: '\n' });
  await until('the empty file is logged as an error', () => log.some(({ level }) => level === 50));
  t.strictSame([await status('old'), await status('new')], [200, 200], 'a broken file changes nothing');

  folder.update({ tokens: 'new\n' });
  await until('the old token is refused', async () => {
    t.equal(await status('new'), 200);
    return (await status('old')) === 401;
  });
});

test('client certificates', async (t) => {
  const trusted = await makeAuthority('trusted');
  const unknown = await makeAuthority('unknown');
  const between = await trusted.intermediate('between');
  const others = await makeAuthority('others');
  const server = await issueServer(others);
  const folder = new SecretFolder({ ...server, ca: trusted.cert, tokens: 'token' });
  t.teardown(() => folder.remove());
  const { url } = await listening(t, {
    TLS_CERT_FILE: folder.path('cert'),
    TLS_KEY_FILE: folder.path('key'),
    TLS_CLIENT_CA_FILE: folder.path('ca'),
    TLS_CLIENT_NAMES: 'metacontroller, spiffe://cluster/metacontroller',
    AUTH_BEARER_FILE: folder.path('tokens'),
  });
  const client = (authority: Authority, leaf: object = {}) =>
    authority.issue({ name: 'metacontroller', usage: 'client', ...leaf });
  const viaBetween = await client(between);
  const nameless = (uri: string) =>
    trusted.issue({ alternatives: [{ type: 'url', value: uri }], critical: true, usage: 'client' });
  const noNames = 'the client certificate has none of the names in TLS_CLIENT_NAMES';
  const invalid = (why: string) => `the client certificate is not valid (${why})`;
  const cases: { reason: string; pair?: Pair; headers?: Record<string, string>; refusal?: string }[] = [
    { reason: 'the common name is one of those', pair: await client(trusted) },
    {
      reason: 'an alternative name is',
      pair: await client(trusted, {
        name: 'other',
        alternatives: [{ type: 'url', value: 'spiffe://cluster/metacontroller' }],
      }),
    },
    {
      reason: 'the subject is empty, and an alternative name is',
      pair: await nameless('spiffe://cluster/metacontroller'),
    },
    {
      reason: 'the subject is empty, and the alternative name is another one',
      pair: await nameless('spiffe://cluster/other'),
      refusal: noNames,
    },
    {
      reason: 'neither a subject nor an alternative name',
      pair: await trusted.issue({ usage: 'client' }),
      refusal: noNames,
    },
    {
      reason: 'issued by an intermediate authority',
      pair: { key: viaBetween.key, cert: `${viaBetween.cert}\n${between.cert}` },
    },
    { reason: 'no certificate, and a token', headers: bearer('token') },
    {
      reason: 'a certificate of an unknown authority, and a token',
      pair: await client(unknown),
      headers: bearer('token'),
    },
    {
      reason: 'a valid certificate, and a token that is not',
      pair: await client(trusted),
      headers: bearer('x'),
    },
    { reason: 'nothing', refusal: 'no client certificate was sent' },
    {
      reason: 'another name',
      pair: await client(trusted, {
        name: 'other',
        alternatives: [{ type: 'dns', value: 'metacontroller2' }],
      }),
      refusal: noNames,
    },
    {
      reason: 'the right name, of an unknown authority',
      pair: await client(unknown),
      refusal: invalid('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
    },
    {
      reason: 'an expired certificate',
      pair: await client(trusted, { from: -3, until: -1 }),
      refusal: invalid('CERT_HAS_EXPIRED'),
    },
    {
      reason: 'a certificate that is not valid yet',
      pair: await client(trusted, { from: 1 }),
      refusal: invalid('CERT_NOT_YET_VALID'),
    },
    {
      reason: 'a certificate for servers',
      pair: await client(trusted, { usage: 'server' }),
      refusal: invalid('INVALID_PURPOSE'),
    },
    {
      reason: 'neither token nor certificate is valid',
      pair: await client(unknown),
      headers: bearer('x'),
      refusal: `the bearer token is not in AUTH_BEARER_FILE, and ${invalid('UNABLE_TO_VERIFY_LEAF_SIGNATURE')}`,
    },
  ];
  for (const { reason, pair, headers = {}, refusal } of cases) {
    const tls = { ca: others.cert, ...pair };
    const answer = await call(`${url}/sync`, { headers, body, tls });
    t.equal(answer.statusCode, refusal === undefined ? 200 : 401, reason);
    if (refusal === undefined) continue;
    t.equal(answer.headers['www-authenticate'], `Bearer ${realm}, ClientCertificate ${realm}`, reason);
    t.equal(JSON.parse(answer.body).message, `The call is not authenticated: ${refusal}.`, reason);
    t.equal((await call(`${url}/readyz`, { tls })).statusCode, 200, `${reason}: a probe needs none`);
  }
});

test('without configured credentials every call is answered, and the log has one warning', async (t) => {
  const { url, log } = await listening(t, {});
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
  t.equal((await call(`${url}/sync`, { body, headers: bearer('any') })).statusCode, 200);
  t.strictSame(
    log.filter(({ level }) => level === 40).map(({ msg }) => msg),
    ['calls are not authenticated: set AUTH_BEARER_FILE, AUTH_BASIC_FILE or TLS_CLIENT_CA_FILE'],
  );
});
