import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A package that built files have in them. */
interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly text: string;
}

/**
 * The licences of packages that built files have in them, which have to go along with them.
 *
 * @param root of the checkout
 * @param folders of the packages, below the root
 * @throws Error if a package names no licence
 */
export function thirdPartyLicences(root: string, folders: readonly string[]): string {
  const packages = folders
    .map((folder) => readPackage(join(root, folder)))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return packages
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function readPackage(folder: string): BundledPackage {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${folder} names no licence: find out which one it has`);
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text =
    file === undefined
      ? `The package holds no text of its licence. Its author is ${author?.name ?? author}.`
      : readFileSync(join(folder, file), 'utf8');
  return { name, version, license, text };
}
