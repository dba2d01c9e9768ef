/**
 * Checks the objects of cert-manager and of the Prometheus operator in a YAML file against their schemas:
 * `check-added-kinds.ts <objects.yaml>`. Prints what is wrong and exits with 1 if anything is, or if a kind is not there to check.
 */
import { readFileSync } from 'node:fs';
import { Certificate } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate';
import { Issuer } from '@kubernetes-models/cert-manager/cert-manager.io/v1/Issuer';
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule';
import { ServiceMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor';
import { parseAllDocuments } from 'yaml';

const models = new Map<string, new (object: never) => { validate(): void }>();
models.set('Certificate', Certificate);
models.set('Issuer', Issuer);
models.set('PrometheusRule', PrometheusRule);
models.set('ServiceMonitor', ServiceMonitor);

const checked = new Set<string>();
for (const document of parseAllDocuments(readFileSync(process.argv[2] ?? '', 'utf8'))) {
  const manifest = document.toJS();
  const Model = models.get(manifest?.kind);
  if (!Model) continue;
  checked.add(manifest.kind);
  try {
    new Model(manifest as never).validate();
  } catch (error) {
    process.stdout.write(`${manifest.kind} ${manifest.metadata?.name}: ${String(error)}\n`);
    process.exitCode = 1;
  }
}
for (const kind of models.keys()) {
  if (checked.has(kind)) continue;
  process.stdout.write(`there is no ${kind}: are the manifests built?\n`);
  process.exitCode = 1;
}
