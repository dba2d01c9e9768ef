/**
 * Writes the generated files of a checkout: `npm run generate`. With `--check` it writes nothing, names each file
 * that differs from what would be written, and exits with 1 if there is one.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { version } from '../src/version.ts';
import { chart } from './chart/chart.ts';
import { crdGuard } from './components/crd-guard.ts';
import { kustomizations } from './components/kustomizations.ts';
import { crd } from './crd/crd.ts';
import { drawFlow } from './docs/flow.ts';
import { fillTable, type TableName } from './docs/tables.ts';
import { manifestsWithHookUrls, stampHookUrls } from './metacontroller/hook-urls.ts';
import { monitoringFiles } from './monitoring/objects.ts';
import { podFields } from './pod-fields/pod-fields.ts';

const { values, positionals } = parseArgs({
  // `npm run generate -- --check` takes the first "--" away, and other runners don't.
  args: process.argv.slice(2).filter((arg) => arg !== '--'),
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
/** The checkout that this file is in, unless another is named. */
const root = positionals[0] ?? fileURLToPath(new URL('..', import.meta.url));

/** A document with generated tables; everything else in it is written by hand. */
const withTables =
  (...names: TableName[]) =>
  (found: string | undefined) =>
    names.reduce(
      (text, name) => fillTable(name, text),
      found ?? names.map((name) => `<!-- ${name} -->\n<!-- /${name} -->\n`).join(''),
    );

/** A manifest that is written by hand, apart from the release in the URLs of the hooks. */
const withRelease = (found: string | undefined) => found && stampHookUrls(found, version);

/** Each generated file, with the content that it should have, given the content that it has; undefined if it has to be there. */
const generated = new Map<string, (found: string | undefined) => string | undefined>([
  [
    'manifests/base/crd.yaml',
    () =>
      `# Written by \`npm run generate\` from the schemas in hooks/registry/spec.ts and hooks/contract/status.ts.\n${stringify(
        crd,
        { aliasDuplicateObjects: false, lineWidth: 110 },
      )}`,
  ],
  ...[...kustomizations].map(([file, text]) => [file, () => text] as const),
  ...[...monitoringFiles].map(([file, write]) => [file, write] as const),
  ...manifestsWithHookUrls.map((file) => [file, withRelease] as const),
  ['docs/flow.svg', drawFlow],
  ['docs/install.md', withTables('values', 'images')],
  ['docs/metrics.md', withTables('metrics')],
  ['docs/operations.md', withTables('components')],
  ['docs/reference.md', withTables('spec')],
  ['docs/settings.md', withTables('settings')],
  ['hooks/pod/pod-fields.ts', podFields],
  [
    'manifests/components/crd-guard/policies.yaml',
    () =>
      `# Written by \`npm run generate\` from scripts/components/crd-guard.ts and the schemas of the definition.\n${crdGuard
        .map((policy) => stringify(policy, { lineWidth: 110 }))
        .join('---\n')}`,
  ],
  ...[...chart].map(([file, text]) => [file, () => text] as const),
]);

for (const [file, write] of generated) {
  const path = join(root, file);
  const found = read(path);
  const content = write(found);
  if (content === undefined) continue;
  if (!values.check) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  } else if (found !== content) {
    process.stderr.write(`${file} is out of date: run \`npm run generate\`\n`);
    process.exitCode = 1;
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
