import { gzipSync } from 'node:zlib';
import type { InjectOptions } from 'fastify';
import { test } from 'tap';
import type { BuildDesired } from '../../hooks/desired.ts';
import { recording } from '../fixtures/recordings.ts';
import { type LogLine, testApp } from '../support/app.ts';
import { SecretFolder } from '../support/secret-folder.ts';

const json = { 'content-type': 'application/json' };
const request = JSON.stringify(recording('create', 1).request);

/** The recorded request with another value at a path. */
function changed(path: readonly string[], value: unknown): string {
  const copy: Record<string, unknown> = JSON.parse(request);
  let parent: Record<string, unknown> = copy;
  for (const key of path.slice(0, -1)) parent = parent[key] as Record<string, unknown>;
  const last = path.at(-1) ?? '';
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return JSON.stringify(copy);
}

/** A line of the log without the id of its request, which has a test of its own. */
const withoutId = ({ id, ...line }: LogLine): LogLine => line;

interface Case {
  readonly reason: string;
  readonly call: InjectOptions;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly field?: string;
}

const post = (payload: string | Buffer, headers: Record<string, string> = json): InjectOptions => ({
  method: 'POST',
  url: '/sync',
  headers,
  payload,
});

const badRequest = { statusCode: 400, error: 'Bad Request' };
const unsupported = {
  statusCode: 415,
  error: 'Unsupported Media Type',
  message: 'The body is not declared as JSON: send the header Content-Type: application/json.',
};
const apiVersions = "Expected 'toolhive.stacklok.dev/v1alpha1' or 'toolhive.stacklok.dev/v1beta1'";

const cases: Case[] = [
  {
    reason: 'the default type of curl',
    call: post(request, { 'content-type': 'application/x-www-form-urlencoded' }),
    ...unsupported,
  },
  { reason: 'plain text is not JSON', call: post(request, { 'content-type': 'text/plain' }), ...unsupported },
  {
    reason: 'another type that ends in json',
    call: post(request, { 'content-type': 'application/problem+json' }),
    ...unsupported,
  },
  { reason: 'no type at all', call: post(request, {}), ...unsupported },
  { reason: 'a type that can not be read', call: post(request, { 'content-type': 'json' }), ...unsupported },
  {
    reason: 'no body',
    call: post('', json),
    ...badRequest,
    message: 'The body is empty: send a Metacontroller request as JSON.',
  },
  {
    reason: 'neither body nor type',
    call: { method: 'POST', url: '/sync' },
    ...badRequest,
    message: 'The body: Expected object',
    field: '',
  },
  {
    reason: 'half a body',
    call: post(request.slice(0, 500)),
    ...badRequest,
    message: 'The body is not valid JSON.',
  },
  {
    reason: 'a byte that is not UTF-8 would be read as another name',
    call: post(Buffer.from(request.replace('production', 'prod\xffuction'), 'latin1')),
    ...badRequest,
    message: 'The body is not valid UTF-8.',
  },
  {
    reason: 'JSON is not sent in UTF-16',
    call: post(Buffer.from(request, 'utf16le'), { 'content-type': 'application/json; charset=utf-16' }),
    ...badRequest,
    message: 'The body is not valid JSON.',
  },
  {
    reason: 'a compressed body',
    call: post(gzipSync(request), { ...json, 'content-encoding': 'gzip' }),
    statusCode: 415,
    error: 'Unsupported Media Type',
    message:
      'The body has a Content-Encoding, which is not supported: send it uncompressed, without that header.',
  },
  {
    reason: 'a compressed body that does not say so',
    call: post(gzipSync(request)),
    ...badRequest,
    message: 'The body is not valid UTF-8.',
  },
  {
    reason: 'a body of brackets',
    call: post('['.repeat(90_000)),
    ...badRequest,
    message: 'The body is not valid JSON.',
  },
  {
    reason: 'a status that is nested more deeply than a stack is',
    call: post(
      changed(['parent', 'status'], { conditions: [{ type: 'Other', status: 'True' }] }).replace(
        '"type":"Other"',
        `"type":"Other","deep":${'['.repeat(40_000)}${']'.repeat(40_000)}`,
      ),
    ),
    ...badRequest,
    message: 'The body is nested too deeply.',
  },
  { reason: 'no object', call: post('[]'), ...badRequest, message: 'The body: Expected object', field: '' },
  {
    reason: 'an empty object',
    call: post('{}'),
    ...badRequest,
    message: '/parent: Expected required property',
    field: '/parent',
  },
  {
    reason: 'no children: all that run would seem to be absent',
    call: post(changed(['children'], undefined)),
    ...badRequest,
    message: '/children: Expected required property',
    field: '/children',
  },
  {
    reason: 'a name of another type is not made a string',
    call: post(changed(['parent', 'metadata', 'name'], 5)),
    ...badRequest,
    message: '/parent/metadata/name: Expected string',
    field: '/parent/metadata/name',
  },
  {
    reason: 'a generation of another type is not made a number',
    call: post(changed(['parent', 'metadata', 'generation'], '1')),
    ...badRequest,
    message: '/parent/metadata/generation: Expected integer',
    field: '/parent/metadata/generation',
  },
  {
    reason: 'an unknown version',
    call: post(changed(['parent', 'apiVersion'], 'toolhive.stacklok.dev/v2')),
    ...badRequest,
    message: `/parent/apiVersion: ${apiVersions}`,
    field: '/parent/apiVersion',
  },
  {
    reason: 'another kind, from a controller with the wrong URL',
    call: post(changed(['parent', 'kind'], 'MCPServer')),
    ...badRequest,
    message: "/parent/kind: Expected 'MCPRegistry'",
    field: '/parent/kind',
  },
  {
    reason: 'slashes of a key are escaped, as RFC 6901 has it',
    call: post(changed(['children', 'Deployment.apps/v1'], [])),
    ...badRequest,
    message: '/children/Deployment.apps~1v1: Expected object',
    field: '/children/Deployment.apps~1v1',
  },
  ...['a\nb', '\r', '\u2028', ''].map((key) => ({
    reason: `the value of the key ${encodeURIComponent(key)} is validated like that of any other`,
    call: post(changed(['children', 'Deployment.apps/v1'], { [key]: 5 })),
    ...badRequest,
    message: `/children/Deployment.apps~1v1/${key}: Expected object`,
    field: `/children/Deployment.apps~1v1/${key}`,
  })),
  {
    reason: 'of many wrong fields the first is reported',
    call: post(changed(['parent'], { metadata: [], kind: 7 })),
    ...badRequest,
    message: `/parent/apiVersion: ${apiVersions}`,
    field: '/parent/apiVersion',
  },
  {
    reason: 'finalize requires the same',
    call: { ...post('{}'), url: '/finalize' },
    ...badRequest,
    message: '/parent: Expected required property',
    field: '/parent',
  },
  {
    reason: 'more than the limit',
    call: post(changed(['parent', 'spec'], 'x'.repeat(200_000))),
    statusCode: 413,
    error: 'Payload Too Large',
    message: 'The body is larger than 100000 bytes: raise the setting BODY_LIMIT_BYTES.',
  },
  {
    reason: 'an unknown path',
    call: { ...post(request), url: '/synk?x=1' },
    statusCode: 404,
    error: 'Not Found',
    message: 'The path /synk does not exist: check the URL of the webhook.',
  },
  {
    reason: 'an unknown path, with a body of any type',
    call: { ...post('x', { 'content-type': 'text/plain' }), url: '/' },
    statusCode: 404,
    error: 'Not Found',
    message: 'The path / does not exist: check the URL of the webhook.',
  },
  ...['/sync*x', '/*', '/:hook', '/:a(.*)', '/sync/', '/__proto__'].map((path) => ({
    reason: 'a path that is a pattern for a router, or a property of every object',
    call: { ...post(request), url: path },
    statusCode: 404,
    error: 'Not Found',
    message: `The path ${path} does not exist: check the URL of the webhook.`,
  })),
  {
    reason: 'a browser at the hook',
    call: { method: 'GET', url: '/sync?x=1' },
    statusCode: 405,
    error: 'Method Not Allowed',
    message: '/sync does not support GET: use POST.',
  },
  {
    reason: 'a body for a probe',
    call: { ...post(request), url: '/readyz' },
    statusCode: 405,
    error: 'Method Not Allowed',
    message: '/readyz does not support POST: use GET.',
  },
  {
    reason: 'a URL that can not be read',
    call: { ...post(request), url: '/%zz' },
    ...badRequest,
    message: 'The path is not valid: check its percent-encoding.',
  },
];

test("a caller's mistake is explained to the caller, and logged in one line", async (t) => {
  for (const { reason, call, statusCode, error, message, field } of cases) {
    // One app would group those that follow within a second.
    const { app, log } = testApp({ environment: { BODY_LIMIT_BYTES: '100000' } });
    const response = await app.inject(call);
    t.equal(response.statusCode, statusCode, reason);
    t.equal(response.headers['content-type'], 'application/json; charset=utf-8', reason);
    t.strictSame(response.json(), { statusCode, error, message }, reason);
    const path = String(call.url).split('?')[0];
    const line = {
      level: 40,
      method: call.method,
      path,
      statusCode,
      ...(field !== undefined && { field }),
      msg: message,
    };
    t.strictSame(log.map(withoutId), [line], reason);
    await app.close();
  }
});

test('the answer to a method that is not allowed lists those that are', async (t) => {
  const { app } = testApp();
  const response = await app.inject({ method: 'DELETE', url: '/sync' });
  t.equal(response.headers['allow'], 'POST');
});

test('the line of a failed call has the id of its request', async (t) => {
  const { app, log } = testApp();
  for (const body of ['{}', '{']) await app.inject(post(body));
  t.match(log, [{ id: /^req-\w+$/ }, { id: /^req-\w+$/ }]);
  t.not(log[0]?.['id'], log[1]?.['id']);
});

test('a wrong body is not logged', async (t) => {
  const { app, log } = testApp();
  for (const body of ['{"parent": "hunter2"}', '{"hunter2', '{"parent": {"apiVersion": "hunter2"}}']) {
    const response = await app.inject(post(body));
    t.equal(response.statusCode, 400);
  }
  await app.close();
  t.equal(log.length, 3);
  t.notMatch(JSON.stringify(log), /hunter2/);
});

test('of very many wrong fields only the first one is reported', async (t) => {
  const { app } = testApp();
  const group = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`c${index}`, 0]));
  const response = await app.inject(post(changed(['children', 'Service.v1'], group)));
  t.equal(response.statusCode, 400);
  t.equal(response.json().message, '/children/Service.v1/c0: Expected object');
});

test('a bug is a 500 without details, and a log line with all of them', async (t) => {
  const bugs = [
    new TypeError('x is not a function'),
    Object.assign(new Error('secret'), { statusCode: 503 }),
  ];
  for (const bug of bugs) {
    const buildDesired = () => {
      throw bug;
    };
    const { app, log } = testApp({ buildDesired });
    const response = await app.inject(post(request));
    t.equal(response.statusCode, 500);
    t.strictSame(response.json(), {
      statusCode: 500,
      error: 'Internal Server Error',
      message: 'Internal error: see the log of mcpregistry-hook for details.',
    });
    t.match(log, [
      {
        level: 50,
        method: 'POST',
        path: '/sync',
        registry: 'mcp-system/production',
        err: { type: bug.name, message: bug.message, stack: /errors\.test\.ts/ },
        msg: 'internal error',
      },
    ]);
    t.equal(log.length, 1);
  }
});

test('the query of a path is not logged', async (t) => {
  const { app, log } = testApp();
  await app.inject({ method: 'POST', url: '/%zz?token=secret' });
  t.match(log.at(-1), { path: '/%zz', msg: 'The path is not valid: check its percent-encoding.' });
  t.notMatch(JSON.stringify(log), /secret/);
});

test('of a text that a caller chose, 200 characters are logged', async (t) => {
  const long = 'x'.repeat(15_000);
  const deep = `${'x'.repeat(5000)}\n${'    at x\n'.repeat(5000)}`;
  const cut = /^.{100}….{99}$/su;
  const noName = changed(['parent', 'metadata', 'name'], long);
  const cases: { reason: string; call: InjectOptions; buildDesired?: BuildDesired; line: LogLine }[] = [
    {
      reason: 'a path',
      call: { method: 'GET', url: `/${long}` },
      line: { path: /^\/x{99}…x{99}$/u, msg: /^The path \/x{99}…x{99} does not exist: /u },
    },
    {
      reason: 'a path that is not valid',
      call: { method: 'GET', url: `/%zz${long}` },
      line: { path: cut, msg: 'The path is not valid: check its percent-encoding.' },
    },
    {
      reason: 'a key',
      call: post(changed(['children', 'Service.v1', long], 5)),
      line: { field: /^\/children\/Service\.v1\/x{79}…x{99}$/u, msg: /x{79}…x{99}: Expected object$/u },
    },
    {
      reason: 'the name of a registry',
      call: post(noName),
      line: { registry: /^mcp-system\/x{89}…x{99}$/u },
    },
    {
      reason: 'the name of a registry, and the message of a bug',
      call: post(noName),
      buildDesired: () => {
        throw new TypeError(deep);
      },
      line: { registry: cut, err: { type: 'TypeError', message: cut, stack: /\n {4}at .*errors\.test\.ts/ } },
    },
  ];
  for (const { reason, call, buildDesired, line } of cases) {
    const { app, log } = testApp(buildDesired ? { buildDesired } : {});
    await app.inject(call);
    t.match(log, [line], reason);
    t.equal(log.length, 1, reason);
    t.ok(JSON.stringify(log).length < 5000, `${reason}: ${JSON.stringify(log).length} characters`);
    await app.close();
  }
});

test('repeated refusals are logged in one line per second', async (t) => {
  const folder = new SecretFolder({ tokens: 'token' });
  t.teardown(() => folder.remove());
  const bad: {
    reason: string;
    call: (index: number) => InjectOptions;
    environment?: Record<string, string>;
  }[] = [
    { reason: 'unknown paths', call: (index) => ({ method: 'GET', url: `/${index}` }) },
    { reason: 'another method', call: () => ({ method: 'PUT', url: '/sync' }) },
    { reason: 'paths that can not be read', call: (index) => ({ method: 'GET', url: `/%zz${index}` }) },
    { reason: 'no JSON', call: (index) => post(`{${index}`) },
    { reason: 'wrong fields', call: (index) => post(changed(['children', `${index}`], 5)) },
    { reason: 'another type', call: (index) => post('', { 'content-type': `text/x${index}` }) },
    {
      reason: 'wrong credentials',
      call: (index) => post('', { authorization: `Bearer ${index}` }),
      environment: { AUTH_BEARER_FILE: folder.path('tokens') },
    },
  ];
  for (const { reason, call, environment = {} } of bad) {
    const { app, log } = testApp({ environment });
    for (let index = 0; index < 200; index += 1) await app.inject(call(index));
    await app.close();
    t.ok(log.length >= 2 && log.length < 20, `${reason}: ${log.length} lines`);
    const calls = log.reduce((sum, line) => sum + Number(line['calls'] ?? 1), 0);
    t.equal(calls, 200, `${reason}: each call is counted once`);
  }
});

test('a refusal is not delayed by those of another kind', async (t) => {
  const { app, log } = testApp();
  for (let index = 0; index < 100; index += 1) await app.inject({ method: 'GET', url: `/${index}` });
  log.splice(0);
  await app.inject(post('{}'));
  t.match(log, [{ statusCode: 400, field: '/parent', msg: '/parent: Expected required property' }]);
});
