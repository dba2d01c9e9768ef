// Writes the overlays that the README's section on security shows, one folder for each CompositeController, next to a copy
// of the manifests: so that they can be built as a reader would.
//
// tsx scripts/readme/overlays.ts <folder>
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readmeDocuments } from './documents.ts';

const [, , folder = ''] = process.argv;
const documents = readmeDocuments('Security');
const textsOf = (kind: string) =>
  documents.filter(({ value }) => value.kind === kind).map(({ text }) => text);
const [kustomization = ''] = textsOf('Kustomization');
const [deployment = ''] = textsOf('Deployment');

cpSync(new URL('../../manifests', import.meta.url), join(folder, 'manifests'), { recursive: true });
for (const [index, controller] of textsOf('CompositeController').entries()) {
  const overlay = join(folder, `readme-${index + 1}`);
  mkdirSync(overlay);
  writeFileSync(join(overlay, 'kustomization.yaml'), kustomization);
  writeFileSync(join(overlay, 'deployment.yaml'), deployment);
  writeFileSync(join(overlay, 'composite-controller.yaml'), controller);
}
