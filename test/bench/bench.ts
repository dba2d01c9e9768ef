// npm run bench: what a call costs the built service, on this machine and in this run. For Linux: it reads /proc.
//
// - the time from the start of the process until it is ready
// - the decision of the first sync of a registry, of which nothing is remembered, in this process
// - calls for 200, 1,000 and 10,000 different registries in turn, against the least that any JSON webhook in Node has
//   to do (floor.mjs): of which nothing has changed, and each with another body; and few of them a second
// - registries in a live cluster, where KUBECONFIG and METACONTROLLER (a binary) name one
//
// npm run bench -- --registries 200,1000,10000 --rounds 3 --seconds 2 --connections 8 --cluster 200 --tls
import { parseArgs } from 'node:util';
import { measureCluster } from './cluster.ts';
import { median, Opponents } from './load.ts';
import { Fleet, readyRequests, specs } from './registries.ts';
import { timeToReady } from './server.ts';
import { measureFirstSync, measureStages, type Stages } from './stages.ts';

const { values: flags } = parseArgs({
  options: {
    registries: { type: 'string', default: '200,1000,10000' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    connections: { type: 'string', default: '8' },
    cluster: { type: 'string', default: '200' },
    tls: { type: 'boolean', default: false },
  },
});
const counts = flags.registries.split(',').map(Number);
const options = {
  rounds: Number(flags.rounds),
  seconds: Number(flags.seconds),
  connections: Number(flags.connections),
  tls: flags.tls,
};

/** Calls a second with which a process sleeps between two of them. */
const lowRate = 30;

const say = (text: string) => process.stdout.write(`${text}\n`);
const ms = (microseconds: number) => `${(microseconds / 1000).toFixed(2)} ms`;
const µs = (microseconds: number) => microseconds.toFixed(0);

function row(...cells: readonly string[]): void {
  const [spec = '', kind = '', ...others] = cells;
  say(`${spec.padEnd(12)}${kind.padEnd(11)}${others.map((cell) => cell.padStart(11)).join('')}`);
}

say(
  `node ${process.version}, ${flags.connections} connections, ${flags.rounds} rounds of ${flags.seconds} s`,
);

const starts: number[] = [];
for (let start = 0; start < 7; start += 1) starts.push(await timeToReady());
say(`process start to ready: ${median(starts).toFixed(0)} ms (median of ${starts.length})\n`);

for (const [name, spec] of Object.entries(specs)) {
  say(`${name}, first sync, nothing remembered: ${ms(measureFirstSync(spec))} of processor time`);
}

say('\nratio: of requests/s to those of the floor. cpu: processor time a call in µs.\n');
row('spec', 'calls', 'registries', 'requests/s', 'ratio', 'cpu', 'floor cpu', 'cpu ratio', 'p99 ms', 'MiB');
/** What the processor time of a changing call is spent on; `build` takes the place of `recall` where nothing is known. */
function sayRest({ build, ...others }: Stages, cpu: number): void {
  const known = Object.entries(others);
  const rest = cpu - known.reduce((sum, [, time]) => sum + time, 0);
  const parts = known.map(([stage, time]) => `${stage} ${µs(time)}`).join(' + ');
  say(`  ${µs(cpu)} = ${parts} + HTTP, Fastify, metrics and log ${µs(rest)}; build ${µs(build)}`);
}

for (const [name, spec] of Object.entries(specs)) {
  const stages = measureStages(spec);
  const fleet = new Fleet(Math.max(...counts), spec);
  const [first = ''] = readyRequests(1, spec);
  const opponents = await Opponents.start(Buffer.from(first), options);
  try {
    for (const count of counts) {
      for (const changing of [false, true]) {
        const { service, floor } = await opponents.compare(fleet, count, changing);
        row(
          name,
          changing ? 'changing' : 'unchanged',
          String(count),
          service.perSecond.toFixed(0),
          (service.perSecond / floor.perSecond).toFixed(2),
          µs(service.cpu),
          µs(floor.cpu),
          (floor.cpu / service.cpu).toFixed(2),
          (service.p99 / 1000).toFixed(0),
          service.memory.toFixed(0),
        );
        if (changing && count === counts.at(-1)) sayRest(stages, service.cpu);
      }
    }
    const few = await opponents.compareAtRate(fleet, Math.min(...counts), lowRate);
    say(`  at ${lowRate} calls a second: ${µs(few.service.cpu)}, and the floor ${µs(few.floor.cpu)}`);
  } finally {
    await opponents.stop();
  }
}

say(`\n${await measureCluster(Number(flags.cluster))}`);
