/**
 * Writes what belongs to a release besides its images, to a folder:
 *
 *   npx tsx scripts/release/write.ts <digest of the image> <folder>
 *
 * `install.yaml`, the schemas of the definition, `notes.md`, and `chart/` with the digest in its values. Needs kubectl.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../src/version.ts';
import { notesOf, schemas, valuesWithDigest, withDigest } from './release.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [digest, folder] = process.argv.slice(2);
if (digest === undefined || folder === undefined) {
  process.stderr.write('Usage: npx tsx scripts/release/write.ts sha256:<64 hexadecimal digits> <folder>\n');
  process.exit(2);
}
const textOf = (path: string) => readFileSync(join(root, path), 'utf8');

const manifests = execFileSync('kubectl', ['kustomize', join(root, 'manifests')], {
  encoding: 'utf8',
  maxBuffer: 16 * 1024 * 1024,
});
const files = new Map([
  ['install.yaml', withDigest(manifests, version, digest)],
  ['notes.md', notesOf(textOf('CHANGELOG.md'), version)],
  ...schemas(),
]);
const values = valuesWithDigest(textOf('charts/mcpregistry-hook/values.yaml'), digest);

mkdirSync(folder, { recursive: true });
for (const [name, text] of files) writeFileSync(join(folder, name), text);
cpSync(join(root, 'charts/mcpregistry-hook'), join(folder, 'chart'), { recursive: true });
writeFileSync(join(folder, 'chart/values.yaml'), values);
