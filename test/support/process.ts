import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** Where the built service starts. */
export const main = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url));
if (!existsSync(main)) throw new Error('these tests are for the built service: run npm run build first');

export type Service = ChildProcessByStdio<null, Readable, Readable>;

/** The service as a process that sees nothing of this one's environment. */
export function start(environment: Readonly<Record<string, string>>, args: readonly string[] = []): Service {
  return spawn(process.execPath, [main, ...args], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** The service on a port that was free, with the log that it writes. */
export async function startReady(
  environment: Readonly<Record<string, string>> = { SHUTDOWN_GRACE_SECONDS: '0' },
): Promise<{ service: Service; url: string; log: Record<string, unknown>[] }> {
  const service = start({ PORT: '0', ...environment });
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
