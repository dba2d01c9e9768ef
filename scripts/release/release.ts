import { crd, openAPIV3Schema } from '../crd/crd.ts';

/** The name of the image of the hook, without a tag. */
const HOOK_IMAGE = 'ghcr.io/mcpregistry-hook/mcpregistry-hook';
const digestPattern = /^sha256:[0-9a-f]{64}$/;

/**
 * Checks the digest of an image.
 *
 * @throws if it is none
 */
export function checkedDigest(digest: string): string {
  if (!digestPattern.test(digest))
    throw new Error(`${digest} is not a digest: sha256: and 64 hexadecimal digits`);
  return digest;
}

/**
 * The section of a release in the changelog, without its heading.
 *
 * @throws if there is none, or it is empty
 */
export function notesOf(changelog: string, version: string): string {
  const section = changelog
    .split(/^## /m)
    .find((text) => text.split(/[\s\]]/, 1)[0]?.replace('[', '') === version);
  const notes = section?.slice(section.indexOf('\n')).trim();
  if (!notes) {
    throw new Error(
      `CHANGELOG.md has no section "## ${version}": give "## Unreleased" the version and the date`,
    );
  }
  return `${notes}\n`;
}

/**
 * Writes the digest of the image behind its tag, wherever manifests name it.
 *
 * @throws if they don't name the image of that release
 */
export function withDigest(manifests: string, version: string, digest: string): string {
  const image = `${HOOK_IMAGE}:v${version}`;
  const pattern = new RegExp(`(image: )${image.replaceAll('.', '\\.')}$`, 'gm');
  if (!pattern.test(manifests)) throw new Error(`no container has the image ${image}`);
  return manifests.replaceAll(pattern, `$1${image}@${checkedDigest(digest)}`);
}

/**
 * Writes the digest of the image into the values of the chart.
 *
 * @throws if the values have no place for it, or have one already
 */
export function valuesWithDigest(values: string, digest: string): string {
  const [before = '', after] = values.split(/(?<=^image:\n(?: {2}.*\n)*? {2}digest: )""$/m);
  if (after === undefined) throw new Error('values.yaml has no empty image.digest');
  return `${before}${checkedDigest(digest)}${after}`;
}

/**
 * The schemas of the definition, for validators outside of a cluster and for editors: with all descriptions, which the definition
 * itself has once only.
 *
 * @returns the content of each file by the name that kubeconform has for it by default: `<kind>_<version>.json`
 */
export function schemas(): ReadonlyMap<string, string> {
  const { names, versions } = crd.spec;
  const text = JSON.stringify(
    { $schema: 'http://json-schema.org/draft-07/schema#', ...openAPIV3Schema },
    null,
    2,
  );
  return new Map(versions.map(({ name }) => [`${names.kind.toLowerCase()}_${name}.json`, `${text}\n`]));
}
