// npm run bench: how many calls a second the built service answers, against the least that any JSON webhook in
// Node has to do (floor.mjs), on this machine and in this run. The service has all on: it checks a token, counts, and
// logs to a file. For Linux: it reads /proc.
//
// Two kinds of calls: those of registries of which nothing has changed, which is nearly all of them, and those that are
// each another one, with specs that were seen before.
//
// npm run bench -- --rounds 5 --seconds 4 --registries 200 --connections 8 --tls
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { issueServer, makeAuthority } from '../support/pki.ts';
import { changingRequests, readyRequests, specs } from './registries.ts';
import { headers, post, type Server, service as serviceScript, startServer } from './server.ts';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    registries: { type: 'string', default: '200' },
    connections: { type: 'string', default: '8' },
    tls: { type: 'boolean', default: false },
  },
});

/** What one round measured; times in milliseconds, processor time in microseconds a request, memory in MiB. */
interface Round {
  readonly 'requests/s': number;
  readonly p50: number;
  readonly p99: number;
  readonly 'cpu µs': number;
  readonly MiB: number;
}
const measures = ['requests/s', 'p50', 'p99', 'cpu µs', 'MiB'] as const;

async function measure(server: Server, bodies: readonly string[], seconds: number): Promise<Round> {
  const cpuBefore = server.cpuTime();
  const connections = Number(flags.connections);
  let connection = 0;
  const result = await autocannon({
    url: server.url,
    connections,
    duration: seconds,
    // Each connection calls for registries of its own, as Metacontroller works on each registry once at a time.
    setupClient: (client) => {
      const own = bodies.filter((_, index) => index % connections === connection);
      connection += 1;
      client.setRequests(own.map((body) => ({ method: 'POST', headers, body })));
    },
  });
  const failed = result.errors + result.non2xx;
  if (failed > 0) throw new Error(`${server.name}: ${failed} calls failed`);
  const answered = result.requests.total;
  return {
    'requests/s': answered / result.duration,
    p50: result.latency.p50,
    p99: result.latency.p99,
    'cpu µs': (server.cpuTime() - cpuBefore) / answered,
    MiB: server.residentMemory(),
  };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

function print(...cells: readonly (string | number)[]): void {
  const [name = '', ...others] = cells.map((cell) => (typeof cell === 'number' ? cell.toFixed(1) : cell));
  process.stdout.write(`${name.padEnd(22)}${others.map((cell) => cell.padStart(12)).join('')}\n`);
}

for (const [name, spec] of Object.entries(specs)) {
  const unchanged = readyRequests(Number(flags.registries), spec);
  await compare(`${name}, unchanged`, unchanged);
  await compare(`${name}, changing`, changingRequests(unchanged, 10));
}

async function compare(name: string, bodies: readonly string[]): Promise<void> {
  const [firstBody = ''] = bodies;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const servers: Server[] = [];
  try {
    writeFileSync(join(folder, 'tokens'), 'token\n');
    const environment = {
      AUTH_BEARER_FILE: join(folder, 'tokens'),
      ...(flags.tls && (await tlsFiles(folder))),
    };
    const log = join(folder, 'log');
    const service = await startServer('service', [serviceScript], log, firstBody, { environment });
    servers.push(service);
    const answerFile = join(folder, 'answer.json');
    const answer = (await post(service.url, firstBody)).body;
    writeFileSync(answerFile, answer);
    const floor = await startServer(
      'bare node:http',
      [fileURLToPath(new URL('floor.mjs', import.meta.url)), answerFile],
      '/dev/null',
      firstBody,
    );
    servers.push(floor);

    process.stdout.write(
      `${name}${flags.tls ? ' over TLS' : ''}: node ${process.version}, ${flags.connections} connections, ${bodies.length} registries, ` +
        `requests of ${firstBody.length} and answers of ${answer.length} bytes, phase ${JSON.parse(answer).status.phase}\n`,
    );
    print('', ...measures);
    const rounds = new Map<Server, Round[]>(servers.map((server) => [server, []]));
    for (const server of servers) await measure(server, bodies, 3);
    for (let number = 1; number <= Number(flags.rounds); number += 1) {
      // The order changes with every round, so that a machine that slows down or speeds up favours neither.
      for (const server of number % 2 === 1 ? servers : servers.toReversed()) {
        const round = await measure(server, bodies, Number(flags.seconds));
        rounds.get(server)?.push(round);
        print(`${server.name}, round ${number}`, ...measures.map((each) => round[each]));
      }
    }
    const medianOf = (server: Server, each: keyof Round): number =>
      median((rounds.get(server) ?? []).map((round) => round[each]));
    for (const server of servers) {
      print(`${server.name}, median`, ...measures.map((each) => medianOf(server, each)));
    }
    const ratio = medianOf(service, 'requests/s') / medianOf(floor, 'requests/s');
    process.stdout.write(`ratio of requests/s: ${ratio.toFixed(3)}\n`);
  } finally {
    for (const server of servers) await server.stop();
    rmSync(folder, { recursive: true });
  }
}

/** The settings of a certificate that is made for this run. */
async function tlsFiles(folder: string): Promise<Record<string, string>> {
  const { cert, key } = await issueServer(await makeAuthority('bench'));
  writeFileSync(join(folder, 'tls.crt'), cert);
  writeFileSync(join(folder, 'tls.key'), key);
  return { TLS_CERT_FILE: join(folder, 'tls.crt'), TLS_KEY_FILE: join(folder, 'tls.key') };
}
