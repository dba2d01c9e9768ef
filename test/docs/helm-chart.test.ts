import type { TSchema } from '@sinclair/typebox';
import { test } from 'tap';
import { parse } from 'yaml';
import { buildDesired } from '../../hooks/desired.ts';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { openAPIV3Schema } from '../../scripts/crd/crd.ts';
import { violations } from '../../scripts/crd/violations.ts';
import { codeSpansOf, documentOf, sectionOf } from '../support/documents.ts';
import type { RegistryManifest } from '../support/golden-cases.ts';
import { context } from '../support/requests.ts';

const document = documentOf('docs/helm-chart.md');

/** The keys of the chart's values.yaml (toolhive-registry-server v1.5.1), and of what its comments and templates read beside it. */
const keys = `
  replicaCount image.registryServerUrl image.pullPolicy imagePullSecrets nameOverride fullnameOverride
  serviceAccount.create serviceAccount.annotations serviceAccount.name podAnnotations podLabels podSecurityContext
  securityContext service.type service.port service.exposeInternalPort service.internalPort service.annotations
  resources resources.limits.cpu resources.limits.memory resources.requests.cpu resources.requests.memory
  livenessProbe readinessProbe nodeSelector tolerations affinity initContainers
  config config.sources config.registries config.auth config.auth.mode config.database config.database.host
  config.database.port config.database.user config.database.database config.database.sslMode config.telemetry config.audit
  global.postgres extraEnv extraEnvFrom extraVolumes extraVolumeMounts rbac.scope rbac.allowedNamespaces
`
  .trim()
  .split(/\s+/);

/** The schema of a field such as `spec.sources[].git`; undefined if there is none. */
function schemaOf(field: string): TSchema | undefined {
  return field
    .replaceAll('[]', '.[]')
    .split('.')
    .slice(1)
    .reduce<TSchema | undefined>(
      (schema, name) => (name === '[]' ? schema?.['items'] : schema?.['properties']?.[name]),
      MCPRegistrySpec,
    );
}

const registry = parse(/```yaml\n([\s\S]*?)```/.exec(document.text)?.[1] ?? '') as RegistryManifest;
const { podTemplateSpec } = registry.spec as unknown as {
  podTemplateSpec: { metadata: object; spec: { containers: readonly object[] } };
};

/** The value at a path such as `pod.spec.affinity` of the example; undefined if it has none. */
function valueInExample(path: string): unknown {
  const [root, ...names] = path.split('.');
  const start: unknown = root === 'pod' ? podTemplateSpec : podTemplateSpec.spec.containers[0];
  return names.reduce((at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name], start);
}

test('each value of the chart has a row that says how it is said here', async (t) => {
  const rows = [...sectionOf(document, 'Values').matchAll(/^\| `([^`]+)` \| (.+) \|$/gm)];
  t.strictSame(
    rows.map(([, key]) => key),
    keys,
  );
  for (const [, key = '', answer = ''] of rows) t.ok(answer.trim(), key);
});

test('every field that the comparison names exists', async (t) => {
  const fields = codeSpansOf(document).filter((code) => /^spec\.\w/.test(code));
  t.ok(fields.length > 30);
  for (const field of fields) t.ok(schemaOf(field), field);
});

test('every field of a pod that it names is in its example', async (t) => {
  const fields = codeSpansOf(document).filter((code) => /^(pod|container)\../.test(code));
  t.ok(fields.length > 15);
  for (const field of fields) t.not(valueInExample(field), undefined, field);
});

test('the example is accepted by the API server and the hook', async (t) => {
  t.strictSame(violations(openAPIV3Schema, registry, ''), []);
  const { children, problems } = buildDesired(registry.metadata, registry.spec, context.defaults);
  t.strictSame(problems, undefined);
  const { metadata, spec } = children?.byKind.Deployment.spec.template ?? {};
  t.match(
    { metadata, spec },
    { metadata: podTemplateSpec.metadata, spec: { nodeSelector: {}, tolerations: [] } },
  );
});
