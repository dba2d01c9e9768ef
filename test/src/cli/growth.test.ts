import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'tap';
import { cli } from '../../support/cli.ts';
import { goldenCases } from '../../support/golden-cases.ts';

/** Small ones: what is to be seen is what grows with their number. */
const registries = goldenCases.slice(0, 10).map(({ registry }) => registry);

/** A fleet in one stream of YAML: JSON is YAML, and its documents are read as JSON. */
const fleet = (count: number, change: object = {}): string =>
  Array.from({ length: count }, (_, index) => {
    const { spec, ...rest } = registries[index % registries.length] ?? { spec: {} };
    return `---\n${JSON.stringify({ ...rest, metadata: { name: `r${index}` }, spec: { ...spec, ...change } })}\n`;
  }).join('');

/** One List in YAML, with the same database for all. */
const list = (count: number): string => {
  const item = (index: number) => `
  - apiVersion: toolhive.stacklok.dev/v1beta1
    kind: MCPRegistry
    metadata: {name: r${index}, namespace: n${index % 7}}
    spec: {registries: [{name: all, git: {repository: "ftp://x"}}], unknown: 1}`;
  return `kind: List\nitems:${Array.from({ length: count }, (_, index) => item(index)).join('')}\n`;
};

/** The time of the processor in milliseconds, which others on the machine do not take away. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

const inputs = {
  fleet: (folder: string, count: number) => {
    writeFileSync(join(folder, 'new.yaml'), fleet(count, { replicas: 2 }));
    writeFileSync(join(folder, 'old.yaml'), fleet(count));
  },
  list: (folder: string, count: number) => {
    writeFileSync(join(folder, 'new.yaml'), list(count));
    writeFileSync(join(folder, 'old.yaml'), list(count));
  },
};

for (const [name, write] of Object.entries(inputs)) {
  test(`the time of a ${name} grows with the number of registries`, async (t) => {
    const folder = t.testdir();
    const [now, old] = [join(folder, 'new.yaml'), join(folder, 'old.yaml')];
    const commands = [
      ['render', '-f', now],
      ['validate', '-f', now],
      ['diff', '-f', now, '--against', old],
    ];
    // The compiler of Node.js has seen the code before it is measured.
    for (const command of commands) {
      write(folder, 100);
      await cli(command);
      const before = await time(() => cli(command));
      write(folder, 1000);
      const after = await time(() => cli(command));
      // Linear is 10, quadratic is 100.
      t.ok(after < 30 * Math.max(before, 3), `${command[0]}: ${before} ms for 100, ${after} ms for 1,000`);
    }
  });
}
