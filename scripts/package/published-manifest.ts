/** What npm, and who installs the package, need to know of it. */
const published = [
  ...['name', 'version', 'description', 'license', 'type', 'bin', 'files', 'exports', 'engines'],
] as const;

/**
 * The package.json that is published: without dependencies, because the built files have them in them, and to install them as
 * well would take 60 MB.
 *
 * @param text the package.json of the checkout
 */
export function publishedManifest(text: string): string {
  const manifest: Readonly<Record<string, unknown>> = JSON.parse(text);
  const kept = published.map((name) => [name, manifest[name]]);
  return `${JSON.stringify(Object.fromEntries(kept), null, 2)}\n`;
}
