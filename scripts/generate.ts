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

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
});
/** The checkout that this file is in, unless another is named. */
const root = positionals[0] ?? fileURLToPath(new URL('..', import.meta.url));

const generated = new Map([
  [
    'manifests/crd.yaml',
    `# Written by \`npm run generate\` from the schemas in hooks/registry/spec.ts and hooks/contract/status.ts.\n${stringify(
      crd,
      { aliasDuplicateObjects: false, lineWidth: 110 },
    )}`,
  ],
]);

for (const [file, content] of generated) {
  const path = join(root, file);
  if (!values.check) writeFileSync(path, content);
  else if (read(path) !== content) {
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
