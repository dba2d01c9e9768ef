/**
 * Makes a checkout ready for `npm pack`, and puts it back afterwards: npm runs it before and after (`prepack`, `postpack`).
 * `npm publish` in a checkout would tell the registry of the dependencies that the package does not need, so it is refused:
 * the tarball is what is published.
 */
import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publishedManifest } from './package/published-manifest.ts';
import { thirdPartyLicences } from './package/third-party-licences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = join(root, 'package.json');
/** The package.json of the checkout, while another one is in its place. */
const kept = join(root, 'dist/package.json');

const steps: Readonly<Record<string, () => void>> = {
  prepare: () => {
    // A pack that failed has left it there.
    if (existsSync(kept)) copyFileSync(kept, manifest);
    const folders: readonly string[] = JSON.parse(readFileSync(join(root, 'dist/packages.json'), 'utf8'));
    writeFileSync(join(root, 'dist/src/THIRD-PARTY-LICENCES.txt'), thirdPartyLicences(root, folders));
    copyFileSync(manifest, kept);
    writeFileSync(manifest, publishedManifest(readFileSync(kept, 'utf8')));
  },
  restore: () => renameSync(kept, manifest),
  'refuse-publish': () => {
    throw new Error('publish the tarball that npm pack makes: npm publish mcpregistry-hook-<version>.tgz');
  },
};

const step = steps[process.argv[2] ?? ''];
if (step === undefined) throw new Error(`the step is one of ${Object.keys(steps).join(', ')}`);
step();
