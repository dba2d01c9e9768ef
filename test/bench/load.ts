import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { issueServer, makeAuthority } from '../support/pki.ts';
import type { Fleet } from './registries.ts';
import { headers, post, type Server, service as serviceScript, startServer } from './server.ts';

/** What one run of calls took of a server: times in microseconds a call, memory in MiB. */
interface Run {
  readonly perSecond: number;
  readonly cpu: number;
  readonly p99: number;
  readonly memory: number;
}

/** What the service took, and what the floor took for the same calls. */
export interface Compared {
  readonly service: Run;
  readonly floor: Run;
}

export interface LoadOptions {
  readonly rounds: number;
  readonly seconds: number;
  readonly connections: number;
  readonly tls: boolean;
}

/**
 * The service, with all on (it checks a token, counts, and logs to a file), and the floor: the least that any JSON
 * webhook in Node has to do (floor.mjs).
 */
export class Opponents {
  readonly #service: Server;
  readonly #floor: Server;
  readonly #folder: string;
  readonly #options: LoadOptions;

  private constructor(service: Server, floor: Server, folder: string, options: LoadOptions) {
    this.#service = service;
    this.#floor = floor;
    this.#folder = folder;
    this.#options = options;
  }

  /** @param body of a call, which the floor always answers as the service does */
  static async start(body: Buffer, options: LoadOptions): Promise<Opponents> {
    const folder = mkdtempSync(join(tmpdir(), 'bench-'));
    writeFileSync(join(folder, 'tokens'), 'token\n');
    const environment = {
      AUTH_BEARER_FILE: join(folder, 'tokens'),
      // On a machine that does other work as well, no call is shed.
      MAX_LAG_MS: '10000',
      ...(options.tls && (await tlsFiles(folder))),
    };
    const service = await startServer('service', [serviceScript], join(folder, 'log'), body, { environment });
    const answerFile = join(folder, 'answer.json');
    writeFileSync(answerFile, (await post(service.url, body)).body);
    const script = fileURLToPath(new URL('floor.mjs', import.meta.url));
    const floor = await startServer('floor', [script, answerFile], '/dev/null', body);
    return new Opponents(service, floor, folder, options);
  }

  /** Medians over the rounds, after the service has been called twice for each registry. */
  async compare(fleet: Fleet, count: number, changing: boolean): Promise<Compared> {
    const { rounds, seconds } = this.#options;
    const runs = { service: [] as Run[], floor: [] as Run[] };
    await this.#run(this.#service, fleet, count, changing, { amount: 2 * count });
    await this.#run(this.#floor, fleet, count, changing, { duration: 1 });
    for (let round = 0; round < rounds; round += 1) {
      // The order changes with every round, so that a machine that slows down or speeds up favours neither.
      const order = ['service', 'floor'] as const;
      for (const which of round % 2 === 0 ? order : order.toReversed()) {
        const server = which === 'service' ? this.#service : this.#floor;
        runs[which].push(await this.#run(server, fleet, count, changing, { duration: seconds }));
      }
    }
    return { service: medianRun(runs.service), floor: medianRun(runs.floor) };
  }

  /** The same where few calls come, as in a cluster of which little changes: between two of them a process sleeps. */
  async compareAtRate(fleet: Fleet, count: number, overallRate: number): Promise<Compared> {
    const length = { duration: 10, overallRate };
    return {
      service: await this.#run(this.#service, fleet, count, true, length),
      floor: await this.#run(this.#floor, fleet, count, true, length),
    };
  }

  async stop(): Promise<void> {
    await this.#service.stop();
    await this.#floor.stop();
    rmSync(this.#folder, { recursive: true });
  }

  async #run(
    server: Server,
    fleet: Fleet,
    count: number,
    changing: boolean,
    length: { readonly amount: number } | { readonly duration: number; readonly overallRate?: number },
  ): Promise<Run> {
    const { connections } = this.#options;
    const cpuBefore = server.cpuTime();
    let connection = 0;
    const result = await autocannon({
      url: server.url,
      connections,
      ...length,
      setupClient: (client) => {
        const calls = fleet.calls(count, changing, connection, connections);
        connection += 1;
        client.setRequests([
          { method: 'POST', headers, setupRequest: (request) => ({ ...request, body: calls.next().value }) },
        ]);
      },
    });
    const failed = result.errors + result.non2xx;
    if (failed > 0) throw new Error(`${server.name}: ${failed} calls failed`);
    const answered = result.requests.total;
    return {
      perSecond: answered / result.duration,
      cpu: (server.cpuTime() - cpuBefore) / answered,
      p99: result.latency.p99 * 1000,
      memory: server.residentMemory(),
    };
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

const medianRun = (runs: readonly Run[]): Run => ({
  perSecond: median(runs.map(({ perSecond }) => perSecond)),
  cpu: median(runs.map(({ cpu }) => cpu)),
  p99: median(runs.map(({ p99 }) => p99)),
  memory: median(runs.map(({ memory }) => memory)),
});

/** The settings of a certificate that is made for this run. */
async function tlsFiles(folder: string): Promise<Record<string, string>> {
  const { cert, key } = await issueServer(await makeAuthority('bench'));
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
  return { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
}
