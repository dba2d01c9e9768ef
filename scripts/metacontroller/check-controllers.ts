/**
 * Checks the CompositeControllers of a YAML file: `check-controllers.ts <objects.yaml>`. Prints each field that
 * Metacontroller does not have or that has another value than it takes, and exits with 1 if there is one.
 */
import { readFileSync } from 'node:fs';
import { Value } from '@sinclair/typebox/value';
import { parseAllDocuments } from 'yaml';
import { CompositeController } from './composite-controller.ts';

for (const document of parseAllDocuments(readFileSync(process.argv[2] ?? '', 'utf8'))) {
  const manifest = document.toJS();
  if (manifest?.kind !== 'CompositeController') continue;
  for (const { path, message } of Value.Errors(CompositeController, manifest)) {
    process.stdout.write(`CompositeController ${manifest.metadata?.name}: ${path}: ${message}\n`);
    process.exitCode = 1;
  }
}
