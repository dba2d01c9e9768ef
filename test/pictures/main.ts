/**
 * Draws the pictures of the documents: `npm run pictures`. The terminal comes from the simulated cluster in a second. The
 * dashboard takes five minutes, in which a real Prometheus scrapes the built service: the program `prometheus`, or the one
 * that PROMETHEUS names (Debian: `apt-get install prometheus`). `--watch` draws the terminal alone.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { drawDashboard, measure } from './dashboard.ts';
import { drawWatch } from './watch.ts';

const write = (name: string, picture: string) => {
  writeFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), picture);
  process.stdout.write(`docs/${name}: ${Math.ceil(picture.length / 1024)} KiB\n`);
};

write('watch.svg', await drawWatch());
if (!process.argv.includes('--watch')) {
  const prometheus = process.env['PROMETHEUS'] ?? 'prometheus';
  if (spawnSync(prometheus, ['--version']).status === 0) {
    write('dashboard.svg', drawDashboard(await measure(prometheus)));
  } else {
    process.stderr.write(
      'there is no prometheus: apt-get install prometheus, or name it in PROMETHEUS; docs/dashboard.svg stays as it is\n',
    );
    process.exitCode = 1;
  }
}
