// npm run bench:memory: resident memory while very many calls come for very many registries, and the time from the
// start of the process until it answers. For Linux: it reads /proc.
import { Agent } from 'node:http';
import { readyRequests, specs } from './registries.ts';
import { post, service, startServer } from './server.ts';

const calls = Number(process.argv[2] ?? 200_000);
const registries = Number(process.argv[3] ?? 10_000);
const bodies = readyRequests(registries, specs['recorded']).map((body) => Buffer.from(body));
const begun = performance.now();
const server = await startServer('service', [service], '/dev/null', String(bodies[0]));
const line = (text: string) => process.stdout.write(`${text}\n`);
line(`first answer ${(performance.now() - begun).toFixed(0)} ms after the start`);

try {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  let made = 0;
  const caller = async () => {
    while (made < calls) {
      const number = made;
      made += 1;
      const { statusCode } = await post(server.url, bodies[number % bodies.length] ?? '', agent);
      if (statusCode !== 200) throw new Error(`a call was answered with ${statusCode}`);
      if (number % (calls / 10) === 0) line(`${number} calls: ${server.residentMemory().toFixed(0)} MiB`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, caller));
  line(`${calls} calls over ${registries} registries: ${server.residentMemory().toFixed(0)} MiB`);
  agent.destroy();
} finally {
  await server.stop();
}
