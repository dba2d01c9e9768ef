/**
 * Checks the objects of cert-manager in a YAML file against its schemas: `check-certificates.ts <objects.yaml>`. Prints what is
 * wrong and exits with 1 if anything is, or if there is none to check.
 */
import { readFileSync } from 'node:fs';
import { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { Issuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { parseAllDocuments } from 'yaml';

const models = new Map<string, new (object: never) => { validate(): void }>();
models.set('Certificate', Certificate);
models.set('Issuer', Issuer);

let checked = 0;
for (const document of parseAllDocuments(readFileSync(process.argv[2] ?? '', 'utf8'))) {
  const manifest = document.toJS();
  const Model = models.get(manifest?.kind);
  if (!Model) continue;
  checked += 1;
  try {
    new Model(manifest as never).validate();
  } catch (error) {
    process.stdout.write(`${manifest.kind} ${manifest.metadata?.name}: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
if (checked === 0) {
  process.stdout.write('there are no objects of cert-manager: are the manifests built?\n');
  process.exitCode = 1;
}
