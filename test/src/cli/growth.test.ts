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

/** One List in YAML, of registries with the same database. */
const list = (count: number, change: object = {}, numberOf = (index: number) => index): string => {
  const git = { repository: 'https://a/b', branch: 'c' };
  const spec = { registries: [{ name: 'all', git }], unknown: 1 };
  const item = (number: number) => `
  - apiVersion: toolhive.stacklok.dev/v1beta1
    kind: MCPRegistry
    metadata: {name: r${number}, namespace: n${number % 7}}
    spec: ${JSON.stringify({ ...spec, ...change })}`;
  return `kind: List\nitems:${Array.from({ length: count }, (_, index) => item(numberOf(index))).join('')}\n`;
};

/** The places of the first two Lists are asked for in turn by the registries of the third, which have the same names. */
const sameNames = (count: number, change: object = {}): string =>
  [
    list(count / 4, change, (index) => 2 * index),
    list(count / 4, change, (index) => 2 * index + 1),
    list(count / 2, change),
  ].join('---\n');

/** Registries ask for the places of objects in another List. */
const takenNames = (count: number, change: object = {}): string => {
  const item = (index: number) => `
  - apiVersion: v1
    kind: Service
    metadata: {name: r${index}-api, namespace: n${index % 7}}`;
  const items = Array.from({ length: count / 2 }, (_, index) => item(index)).join('');
  return `${list(count / 2, change)}---\nkind: List\nitems:${items}\n`;
};

/** The time of the processor in milliseconds, which others on the machine do not take away. */
async function time(run: () => Promise<unknown>): Promise<number> {
  const begin = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

const now = 'new.yaml';
const old = 'old.yaml';
const commands = {
  render: ['-f', now],
  validate: ['-f', now],
  diff: ['-f', now, '--against', old],
  'export manifests': ['-f', now],
};

const cases: readonly {
  readonly reason: string;
  readonly of: (count: number, change?: object) => string;
  readonly names: readonly (keyof typeof commands)[];
}[] = [
  { reason: 'a stream of documents', of: fleet, names: ['render', 'export manifests'] },
  { reason: 'a List', of: list, names: ['render', 'validate', 'diff'] },
  { reason: 'three Lists with the same names', of: sameNames, names: ['validate', 'diff'] },
  {
    reason: 'a List of registries and one of objects with the names of their children',
    of: takenNames,
    names: ['validate'],
  },
];

for (const { reason, of, names } of cases) {
  for (const name of names) {
    test(`the time of ${name} grows with the number of registries in ${reason}`, async (t) => {
      const folder = t.testdir();
      const args = [
        ...name.split(' '),
        ...commands[name].map((arg) => (/yaml$/.test(arg) ? join(folder, arg) : arg)),
      ];
      const run = () => cli(args);
      const write = (count: number) => {
        writeFileSync(join(folder, now), of(count, { replicas: 2 }));
        writeFileSync(join(folder, old), of(count, { replicas: 3 }));
      };
      write(100);
      // The compiler of Node.js has seen the code before it is measured.
      t.not((await run()).code, 2);
      const before = await time(run);
      write(1000);
      const after = await time(run);
      // Linear is 10, quadratic is 100.
      t.ok(after < 30 * Math.max(before, 3), `${before} ms for 100, ${after} ms for 1,000`);
    });
  }
}
