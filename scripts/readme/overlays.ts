// Writes the overlays that the README's section on security shows, one folder for each CompositeController, next to a copy
// of the manifests: so that they can be built as a reader would.
//
// tsx scripts/readme/overlays.ts <folder>
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

const root = new URL('../../', import.meta.url);
const [, , folder = ''] = process.argv;
const security =
  readFileSync(new URL('README.md', root), 'utf8')
    .split(/^## /m)
    .find((section) => section.startsWith('Security\n')) ?? '';
const documents = [...security.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({
  kind: parse(text).kind as string,
  text,
}));
const textsOf = (kind: string) =>
  documents.filter((document) => document.kind === kind).map(({ text }) => text);
const [kustomization = ''] = textsOf('Kustomization');
const [deployment = ''] = textsOf('Deployment');

cpSync(new URL('manifests', root), join(folder, 'manifests'), { recursive: true });
for (const [index, controller] of textsOf('CompositeController').entries()) {
  const overlay = join(folder, `readme-${index + 1}`);
  mkdirSync(overlay);
  writeFileSync(join(overlay, 'kustomization.yaml'), kustomization);
  writeFileSync(join(overlay, 'deployment.yaml'), deployment);
  writeFileSync(join(overlay, 'composite-controller.yaml'), controller);
}
