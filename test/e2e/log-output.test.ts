import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createReadStream, mkdtempSync, openSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, test } from 'tap';
import { call, until } from '../support/calls.ts';
import { main } from '../support/process.ts';
import { body } from '../support/service.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

/** The built service with a standard output that is not read. */
async function startUnread(t: Test, stdout: 'pipe' | number) {
  const port = await freePort();
  const service = spawn(process.execPath, [main], {
    env: { PORT: String(port), SHUTDOWN_GRACE_SECONDS: '0', MAX_LAG_MS: '10000' },
    stdio: ['ignore', stdout, 'inherit'],
  });
  t.teardown(() => service.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await until('it answers', () =>
    call(`${url}/readyz`).then(
      ({ statusCode }) => statusCode === 200,
      () => false,
    ),
  );
  return { service, url };
}

/** The number of log lines that the service has dropped. */
async function droppedBy(url: string): Promise<number> {
  const { body: metrics } = await call(`${url}/metrics`);
  return Number(/^mcpregistry_hook_log_lines_dropped_total (\d+)$/m.exec(metrics)?.[1]);
}

/** Makes calls until log lines are dropped. */
async function fillLog(t: Test, url: string): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 20 });
  let calls = 0;
  while ((await droppedBy(url)) === 0) {
    const answers = await Promise.all(
      Array.from({ length: 500 }, () => call(`${url}/sync`, { body, agent })),
    );
    calls += answers.length;
    t.ok(
      answers.every(({ statusCode }) => statusCode === 200),
      `${calls} calls are answered`,
    );
  }
  agent.destroy();
  return calls;
}

async function endsOnSigterm(t: Test, service: ChildProcess): Promise<void> {
  const exit = once(service, 'exit');
  const begun = Date.now();
  service.kill('SIGTERM');
  t.strictSame(await exit, [0, null]);
  t.ok(Date.now() - begun < 8000, `it ends after ${Date.now() - begun} ms`);
}

/** A pipe that is open on both sides. */
function makePipe(t: Test): { path: string; fd: number } {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const fd = openSync(path, 'r+');
  t.teardown(() => {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  });
  return { path, fd };
}

for (const kind of ['a pipe', 'a socket'] as const) {
  test(`a log that is not read, on ${kind}, blocks neither the service nor its exit`, async (t) => {
    const { service, url } = await startUnread(t, kind === 'a pipe' ? makePipe(t).fd : 'pipe');
    await fillLog(t, url);
    for (const path of ['/healthz', '/readyz']) t.equal((await call(`${url}${path}`)).statusCode, 200, path);
    await endsOnSigterm(t, service);
  });
}

test('a log that is read again has whole lines and the number of dropped ones', async (t) => {
  const { path, fd } = makePipe(t);
  const { service, url } = await startUnread(t, fd);
  const calls = await fillLog(t, url);
  const dropped = await droppedBy(url);
  let text = '';
  const reader = createReadStream(path, { encoding: 'utf8' }).on('data', (chunk) => {
    text += chunk;
  });
  t.teardown(() => reader.destroy());
  await until('the dropped lines are logged', () => text.includes('log lines were dropped'));
  await endsOnSigterm(t, service);
  await until('the last line is read', () => text.includes('shutting down'));
  const lines: Record<string, unknown>[] = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  t.match(
    lines.filter(({ msg }) => /dropped/.test(String(msg))),
    [{ level: 40, lines: dropped }],
  );
  t.equal(lines.filter(({ hook }) => hook === 'sync').length, calls - dropped);
  t.match(lines.at(-1), { msg: 'shutting down' });
});

test('the service survives the reader of its log', async (t) => {
  const { service, url } = await startUnread(t, 'pipe');
  service.stdout?.destroy();
  await fillLog(t, url);
  t.equal((await call(`${url}/sync`, { body })).statusCode, 200);
  await endsOnSigterm(t, service);
});
