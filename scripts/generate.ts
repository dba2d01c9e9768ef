/**
 * Writes the generated files of a checkout: `npm run generate`. With `--check` it writes nothing, names each file
 * that is not as it would be written, and exits with 1 if there is one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { crd } from './crd/crd.ts';
import { podFields } from './pod-fields/pod-fields.ts';
import { fillTables } from './readme/tables.ts';

/** What a README needs at least to be filled. */
const emptyReadme = '<!-- settings -->\n<!-- /settings -->\n<!-- spec -->\n<!-- /spec -->\n';

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
/** The checkout that this file is in, unless another is named. */
const root = positionals[0] ?? fileURLToPath(new URL('..', import.meta.url));

/** Each generated file, with what it is to hold, given what it holds. */
const generated = new Map<string, (content: string) => string>([
  [
    'manifests/crd.yaml',
    () =>
      `# Written by \`npm run generate\` from the schemas in hooks/registry/spec.ts and hooks/contract/status.ts.\n${stringify(
        crd,
        { aliasDuplicateObjects: false, lineWidth: 110 },
      )}`,
  ],
  ['hooks/pod/pod-fields.ts', podFields],
  ['README.md', fillTables],
]);

for (const [file, write] of generated) {
  const path = join(root, file);
  const found = read(path);
  const content = write(found ?? emptyReadme);
  if (!values.check) writeFileSync(path, content);
  else if (found !== content) {
    process.stderr.write(`${file} is not what its schemas say: run \`npm run generate\`\n`);
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
