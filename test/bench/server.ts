import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type Answer, call } from '../support/calls.ts';

/** A server that is measured, as a process of its own. */
export interface Server {
  readonly name: string;
  /** Where it takes calls. */
  readonly url: string;
  /** Processor time that it has taken since its start, in microseconds. */
  readonly cpuTime: () => number;
  /** In MiB. */
  readonly residentMemory: () => number;
  readonly stop: () => Promise<void>;
}

/** Clock ticks of /proc/<pid>/stat: 100 a second on every Linux (man 5 proc, USER_HZ). */
const tickMicroseconds = 10_000;

export interface ServerOptions {
  /** Of the process, besides the port. */
  readonly environment?: Readonly<Record<string, string>>;
  /** One that is free by default. */
  readonly port?: number;
}

/** The options of Node.js with which the image starts the service (Dockerfile). */
const serviceFlags = ['--max-semi-space-size=4'];
/** And the variables that it sets. */
const serviceVariables = { NODE_ENV: 'production', MALLOC_ARENA_MAX: '2' };

/** Where the built service starts. */
export const service = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));

/**
 * Starts `node <script> <argument>` on a port of the loopback interface, its output going to `logFile`, and waits until
 * it answers `request`.
 */
export async function startServer(
  name: string,
  [script, ...others]: readonly [string, ...string[]],
  logFile: string,
  request: string | Buffer,
  { environment = {}, port: given }: ServerOptions = {},
): Promise<Server> {
  const port = given ?? (await freePort());
  const log = openSync(logFile, 'a');
  const child = spawn(process.execPath, [...(script === service ? serviceFlags : []), script, ...others], {
    env: { PORT: String(port), ...serviceVariables, SHUTDOWN_GRACE_SECONDS: '0', ...environment },
    stdio: ['ignore', log, 'inherit'],
  });
  closeSync(log);
  const ended = once(child, 'exit');
  const scheme = environment['TLS_CERT_FILE'] === undefined ? 'http' : 'https';
  const url = `${scheme}://127.0.0.1:${port}/sync`;
  while (!(await answers(url, request))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    name,
    url,
    cpuTime: () => {
      // The fields after the program's name in parentheses; the 12th and 13th are user and system time.
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) * tickMicroseconds;
    },
    residentMemory: () => {
      const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
      return Number(kibibytes?.[1]) / 1024;
    },
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** The time from the start of a process of the service until it says that it is ready, in milliseconds. */
export async function timeToReady(): Promise<number> {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [...serviceFlags, service], {
    env: { PORT: String(port), ...serviceVariables, SHUTDOWN_GRACE_SECONDS: '0' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  const isReady = () =>
    call(`http://127.0.0.1:${port}/readyz`).then(
      ({ statusCode }) => statusCode === 200,
      () => false,
    );
  while (!(await isReady())) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const ms = performance.now() - begun;
  child.kill();
  await ended;
  return ms;
}

/** What every call of a measurement has: the token is valid where the service asks for one. */
export const headers = { 'content-type': 'application/json', authorization: 'Bearer token' };

/** Posts a request as Metacontroller does, and trusts whatever answers. */
export function post(url: string, body: string | Buffer, agent?: Agent): Promise<Answer> {
  return call(url, { body, headers, tls: { rejectUnauthorized: false }, ...(agent && { agent }) });
}

async function answers(url: string, body: string | Buffer): Promise<boolean> {
  try {
    return (await post(url, body)).statusCode === 200;
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
