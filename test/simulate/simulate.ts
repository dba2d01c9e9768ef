import { parseArgs } from 'node:util';
import { measurePhases } from './phases.ts';
import { table } from './table.ts';

const { values } = parseArgs({ options: { registries: { type: 'string', default: '100' } } });
const registries = Number(values.registries);
if (!Number.isInteger(registries) || registries < 1) {
  process.stderr.write(`--registries must be a whole number from 1, and is ${values.registries}\n`);
  process.exit(2);
}

process.stdout.write(
  `Writes of Metacontroller and calls of the hook, a registry, with ${registries} registries:\n\n`,
);
process.stdout.write(`${table(await measurePhases(registries))}\n`);

process.stdout.write(
  '\nMilliseconds a call, all in one process (the hook, its HTTP layer and its JSON):\n\n',
);
const sizes = [10, 1000, 10_000];
const rows = [];
for (const size of sizes) {
  const phases = await measurePhases(size, 2);
  const total = (key: 'calls' | 'milliseconds') => phases.reduce((sum, phase) => sum + phase[key], 0);
  rows.push({
    registries: size,
    calls: total('calls'),
    'ms a call': (total('milliseconds') / total('calls')).toFixed(3),
  });
}
process.stdout.write(`${table(rows)}\n`);
