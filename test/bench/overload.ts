// npm run bench:overload: four times as many callers as the service takes calls (MAX_CALLS), none of which waits a
// moment between its calls, nor as long as a 429 asks it to. For Linux: it reads /proc.
import autocannon from 'autocannon';
import { call } from '../support/calls.ts';
import { readyRequests, specs } from './registries.ts';
import { headers, post, service, startServer } from './server.ts';

const seconds = Number(process.argv[2] ?? 30);
const callers = Number(process.argv[3] ?? 4 * 100);
const bodies = readyRequests(50, specs['recorded']);
const [first = ''] = bodies;
const server = await startServer('service', [service], '/dev/null', first);
const requests = bodies.map((body) => ({ method: 'POST' as const, headers, body }));

const timed = async () => {
  const begun = performance.now();
  const { statusCode } = await post(server.url, first);
  return `${statusCode} in ${(performance.now() - begun).toFixed(0)} ms`;
};

/** The value below which a share of them is, in whole milliseconds. */
function quantile(times: number[], share: number): string {
  times.sort((a, b) => a - b);
  return `${(times[Math.floor(times.length * share)] ?? 0).toFixed(0)} ms`;
}

try {
  const calm = await autocannon({ url: server.url, connections: 8, duration: 5, requests });
  const memory = [server.residentMemory()];
  const times = new Map<number, number[]>();
  const errors: string[] = [];
  const watch = setInterval(() => memory.push(server.residentMemory()), 5000);
  const probes: number[] = [];
  const probing = setInterval(async () => {
    const begun = performance.now();
    const answer = await call(new URL('/healthz', server.url).href).catch(({ message }) =>
      errors.push(message),
    );
    if (typeof answer === 'object' && answer.statusCode !== 200) errors.push(`probe: ${answer.statusCode}`);
    probes.push(performance.now() - begun);
  }, 500);
  await new Promise((resolve) => {
    const run = autocannon({ url: server.url, connections: callers, duration: seconds, requests }, resolve);
    run.on('response', (_client, statusCode, _bytes, ms) => {
      const known = times.get(statusCode) ?? [];
      times.set(statusCode, known);
      known.push(ms);
    });
    run.on('reqError', ({ message }) => errors.push(message));
  });
  clearInterval(watch);
  clearInterval(probing);
  const after = await timed();

  const lines = [
    `calm: ${calm.requests.average.toFixed(0)} calls/s with 8 callers; overload: ${callers} callers for ${seconds} s`,
    ...[...times].map(
      ([statusCode, all]) =>
        `${statusCode}: ${(all.length / seconds).toFixed(0)}/s, p50 ${quantile(all, 0.5)}, p99 ${quantile(all, 0.99)}`,
    ),
    `errors: ${errors.length} ${[...new Set(errors)]}`,
    `resident memory in MiB: ${memory.map((each) => each.toFixed(0)).join(' ')}`,
    `${probes.length} probes on new connections: p50 ${quantile(probes, 0.5)}, the longest ${quantile(probes, 1 - 1e-9)}`,
    `the next call: ${after}`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  const others = [...times.keys()].filter((statusCode) => statusCode !== 200 && statusCode !== 429);
  if (others.length > 0 || errors.length > 0) process.exitCode = 1;
} finally {
  await server.stop();
}
