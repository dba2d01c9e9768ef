import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'tap';
import { recording } from '../fixtures/recordings.ts';
import { start, startReady } from '../support/process.ts';

function post(url: string, request: unknown): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`the built service answers a call, and exits with 0 on ${signal}`, async (t) => {
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
      { msg: /^calls are not authenticated/ },
      { hook: 'sync', registry: 'mcp-system/production' },
      { msg: 'shutting down', signal },
    ]);
  });
}

test('the command line', async (t) => {
  const cases = [
    { args: ['--version'], exit: 0, output: /^\d+\.\d+\.\d+\n$/, error: /^$/ },
    { args: ['--help'], exit: 0, output: /^mcpregistry-hook \d/, error: /^$/ },
    { args: ['--print-config'], exit: 0, output: /^HOST=127\.0\.0\.1\nPORT=8080\n/, error: /^$/ },
    { args: ['serve', '--version'], exit: 0, output: /^\d+\.\d+\.\d+\n$/, error: /^$/ },
    {
      args: ['validate', '-f', '-'],
      exit: 0,
      output: /^$/,
      error: /^there is no MCPRegistry in the input\n$/,
    },
    { args: ['completion', 'bash'], exit: 0, output: /^complete -o default/m, error: /^$/ },
    { args: ['nonsense'], exit: 2, output: /^$/, error: /^error: unknown command 'nonsense'\n/ },
    {
      args: ['--nonsense'],
      exit: 2,
      output: /^$/,
      error: /^error: Unknown option '--nonsense'.*\nTry --help\.\n$/,
    },
    {
      args: ['serve', '-x'],
      exit: 2,
      output: /^$/,
      error: /^error: Unknown option '-x'.*\nTry --help\.\n$/,
    },
  ];
  const runs = cases.map(async ({ args, exit, output, error }) => {
    const service = start({}, args);
    t.teardown(() => service.kill('SIGKILL'));
    const [printed, errors, ended] = await Promise.all([
      text(service.stdout),
      text(service.stderr),
      once(service, 'exit'),
    ]);
    t.strictSame(ended, [exit, null], args.join());
    t.match(printed, output, args.join());
    t.match(errors, error, args.join());
  });
  await Promise.all(runs);
});

test('a service that can not start prints the reason, and nothing else', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.teardown(() => other.close());
  const port = String((other.address() as AddressInfo).port);
  const cases = [
    {
      reason: 'invalid settings, all of them at once',
      environment: { PORT: 'http', LOG_LEVEL: 'loud' },
      errors: [
        'Invalid settings:',
        'PORT is "http": it must be a whole number from 0 to 65535',
        'LOG_LEVEL is "loud": it must be one of fatal, error, warn, info, debug, trace, silent',
      ],
    },
    {
      reason: 'a file of tokens that does not exist',
      environment: { AUTH_BEARER_FILE: '/nowhere/tokens' },
      errors: ['Invalid settings:', "AUTH_BEARER_FILE /nowhere/tokens can't be read: no such file"],
    },
    {
      reason: 'a port that is in use',
      environment: { PORT: port },
      errors: [`Can't listen on HOST 127.0.0.1, PORT ${port}: the port is in use`],
    },
    {
      reason: 'a port of the metrics that is in use',
      environment: { PORT: '0', METRICS_PORT: port, LOG_LEVEL: 'silent' },
      errors: [`Can't listen on HOST 127.0.0.1, METRICS_PORT ${port}: the port is in use`],
    },
    {
      reason: 'an address of the metrics that this machine does not have',
      environment: { PORT: '0', METRICS_HOST: '192.0.2.1', METRICS_PORT: '0', LOG_LEVEL: 'silent' },
      errors: [
        "Can't listen on METRICS_HOST 192.0.2.1, METRICS_PORT 0: listen EADDRNOTAVAIL: address not available 192.0.2.1",
      ],
    },
    {
      reason: 'an address that this machine does not have',
      environment: { HOST: '192.0.2.1', PORT: '0' },
      errors: [
        "Can't listen on HOST 192.0.2.1, PORT 0: listen EADDRNOTAVAIL: address not available 192.0.2.1",
      ],
    },
  ];
  const runs = cases.map(async ({ reason, environment, errors }) => {
    const service = start(environment);
    t.teardown(() => service.kill('SIGKILL'));
    const [output, error, exit] = await Promise.all([
      text(service.stdout),
      text(service.stderr),
      once(service, 'exit'),
    ]);
    t.strictSame(exit, [1, null], reason);
    t.equal(error, `${errors.join('\n')}\n`, reason);
    t.equal(output, '', reason);
  });
  await Promise.all(runs);
});

test('for localhost there is one server, even if the name has several addresses', async (t) => {
  const { service, url, log } = await startReady({ HOST: 'localhost', SHUTDOWN_GRACE_SECONDS: '0' });
  t.teardown(() => service.kill('SIGKILL'));
  t.match(url, /^http:\/\/127\.0\.0\.1:/);
  t.equal(log.filter(({ msg }) => /listening/.test(String(msg))).length, 1);
});

test('the metrics have a port of their own, and whoever reads them does not hold back the end', async (t) => {
  const { service, url, log } = await startReady({ METRICS_PORT: '0', SHUTDOWN_GRACE_SECONDS: '0' });
  t.teardown(() => service.kill('SIGKILL'));
  const addresses = () =>
    log.flatMap(({ msg }) => /^Server listening at (\S+)$/.exec(String(msg))?.slice(1) ?? []);
  while (addresses().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
  const [, metrics = ''] = addresses();
  t.match(metrics, /^http:\/\/127\.0\.0\.1:\d+$/, 'on the loopback interface, unless HOST says otherwise');
  t.not(metrics, url);
  const response = await fetch(`${metrics}/metrics`);
  t.match(await response.text(), /^mcpregistry_hook_build_info\{/m);
  // A connection on which nothing is asked.
  const idle = connect(Number(new URL(metrics).port), '127.0.0.1');
  idle.on('error', () => {});
  await once(idle, 'connect');

  const exit = once(service, 'exit');
  service.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
});
