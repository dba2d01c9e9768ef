/**
 * Checks the MCPRegistry objects of a YAML file against a CRD: `check-registries.ts <crd.yaml> <objects.yaml>`.
 * Prints what the API server would say of them and exits with 1 if it would say anything.
 */
import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import type { StructuralSchema } from './structural-schema.ts';
import { violations } from './violations.ts';

interface Definition {
  readonly spec: {
    readonly group: string;
    readonly versions: readonly { readonly name: string; readonly schema: VersionSchema }[];
  };
}
interface VersionSchema {
  readonly openAPIV3Schema: StructuralSchema;
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const [crdFile = '', objectsFile = ''] = process.argv.slice(2);
const documentsOf = <T>(file: string) =>
  parseAllDocuments(readFileSync(file, 'utf8')).map((document) => document.toJS() as T);

const [definition] = documentsOf<Definition>(crdFile);
const schemas = new Map(
  definition?.spec.versions.map(({ name, schema }) => [
    `${definition.spec.group}/${name}`,
    schema.openAPIV3Schema,
  ]),
);

for (const manifest of documentsOf<Manifest>(objectsFile)) {
  // Helm writes empty documents.
  if (manifest?.kind !== 'MCPRegistry') continue;
  const schema = schemas.get(manifest.apiVersion);
  const found =
    schema === undefined ? [`no version ${manifest.apiVersion} is served`] : violations(schema, manifest, '');
  for (const violation of found) {
    process.stdout.write(`MCPRegistry ${manifest.metadata.name}: ${violation}\n`);
    process.exitCode = 1;
  }
}
