import { test } from 'tap';
import type { ValidationRule } from '../../../hooks/registry/rule.ts';
import { openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import type { StructuralSchema } from '../../../scripts/crd/structural-schema.ts';
import { usesIn } from '../../support/cel.ts';
import { nodesOf } from '../../support/schema-nodes.ts';

const rules = nodesOf(openAPIV3Schema).flatMap(({ path, node }) =>
  ((node['x-kubernetes-validations'] ?? []) as readonly ValidationRule[]).map((rule) => ({
    path,
    node,
    ...rule,
  })),
);

const annotationRules = (path: string) => [
  `${path}: has a key that no annotation and no label may have`,
  `${path}: has an annotation that the hook or Metacontroller sets: remove it`,
];
const peerRule = (path: string) =>
  `${path}: must have either ipBlock, or namespaceSelector and podSelector or one of them`;

test('what the API server refuses beyond the schema, in the words of the hook', async (t) => {
  t.strictSame(
    rules.map(({ path, fieldPath = '', message }) => `${path}${fieldPath}: ${message}`),
    [
      "spec.configYAML: can't be combined with sources, registries, source, databaseConfig, authConfig, telemetryConfig, auditConfig: keep either the whole configuration or the typed fields",
      'spec: says nothing to serve: set configYAML, or sources and registries',
      'spec.registries: is required: list at least one view of the sources',
      "spec.replicas: can't be combined with autoscaling, which sets the number of pods: remove one of them",
      "spec.source: can't be combined with sources and registries: keep either the one source or the lists",
      'spec.registries: has a source inside a view: move it to spec.sources and name it in sources',
      'spec.registries: has a view without sources: name at least one of spec.sources',
      'spec.registries: has a view that names a source which is not in spec.sources: list it there or remove it',
      'spec.registries: names sources, but there is no spec.sources: list them there',
      'spec.registries: must have exactly one of configMapRef, git, api, pvcRef in each entry while there is no spec.sources',
      'spec.authConfig.oauth.providers: must have issuers and key sets (jwksUrl) that begin with https://: for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec',
      'spec.pgpassSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.sources: has more than one managed source: a registry may have one',
      'spec.sources[]: must have exactly one of configMapRef, git, api, url, pvcRef, inline, managed, kubernetes',
      'spec.sources[].syncPolicy.interval: must be longer than 0, and at most 290 years',
      'spec.sources[].git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/"',
      'spec.sources[].git.tag: must be a name alone, not one below refs/: the server adds "refs/tags/"',
      'spec.sources[].git.commit: must be the 40 hexadecimal digits of a commit',
      'spec.sources[].git.auth: has no effect with git://, and the server fails on it: use https://, or remove it',
      'spec.sources[].git.repository: has a user or password, which git:// does not send: use https:// and git.auth',
      'spec.sources[].git.path: must be a path such as data/registry.json, below the root of the repository: remove a "/" at its start, and each "." and ".."',
      'spec.sources[].git.auth.passwordSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.sources[].api.endpoint: must be an absolute URL with a host and no spaces',
      'spec.sources[].api.timeout: must be longer than 0, and at most 5m',
      'spec.sources[].pvcRef.path: must stay inside the volume: remove ".."',
      'spec.sources[].url.endpoint: must be an absolute URL with a host and no spaces',
      'spec.sources[].url.timeout: must be at most 290 years, which the server can count',
      'spec.registries[].syncPolicy.interval: must be longer than 0, and at most 290 years',
      'spec.registries[].git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/"',
      'spec.registries[].git.tag: must be a name alone, not one below refs/: the server adds "refs/tags/"',
      'spec.registries[].git.commit: must be the 40 hexadecimal digits of a commit',
      'spec.registries[].git.auth: has no effect with git://, and the server fails on it: use https://, or remove it',
      'spec.registries[].git.repository: has a user or password, which git:// does not send: use https:// and git.auth',
      'spec.registries[].git.path: must be a path such as data/registry.json, below the root of the repository: remove a "/" at its start, and each "." and ".."',
      'spec.registries[].git.auth.passwordSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.registries[].api.endpoint: must be an absolute URL with a host and no spaces',
      'spec.registries[].api.timeout: must be longer than 0, and at most 5m',
      'spec.registries[].pvcRef.path: must stay inside the volume: remove ".."',
      'spec.source: must have the field that type names: configMapRef with type configmap (the default), git with git, api with api',
      'spec.source.git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/"',
      'spec.source.git.tag: must be a name alone, not one below refs/: the server adds "refs/tags/"',
      'spec.source.git.commit: must be the 40 hexadecimal digits of a commit',
      'spec.source.git.auth: has no effect with git://, and the server fails on it: use https://, or remove it',
      'spec.source.git.repository: has a user or password, which git:// does not send: use https:// and git.auth',
      'spec.source.git.path: must be a path such as data/registry.json, below the root of the repository: remove a "/" at its start, and each "." and ".."',
      'spec.source.git.auth.passwordSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.source.api.endpoint: must be an absolute URL with a host and no spaces',
      'spec.source.api.timeout: must be longer than 0, and at most 5m',
      'spec.syncPolicy.interval: must be longer than 0, and at most 290 years',
      'spec.databaseConfig.dynamicAuth: must have awsRdsIam.region, because the server ignores it otherwise and has no password left: set the region of the database, or "detect"',
      'spec.databaseConfig.dbAppUserPasswordSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.databaseConfig.dbMigrationUserPasswordSecretRef.optional: must not be true, because the server does not run without it: remove it',
      'spec.databaseConfig.connMaxLifetime: must be at most 290 years, which the server can count',
      'spec.authConfig.mode: is required with oauth: set it to oauth or anonymous',
      'spec.authConfig.authz: has no effect with mode anonymous: set mode to oauth or remove it',
      'spec.authConfig.oauth.providers: is required with mode oauth: list at least one provider',
      'spec.authConfig.oauth.providers: has an issuer that is no absolute URL with a host and no spaces',
      'spec.authConfig.oauth.providers: has two providers of one name: it must be unique',
      'spec.authConfig.oauth.providers: has an optional clientSecretRef, without which the server does not run: remove optional',
      'spec.authConfig.oauth.providers: has an optional caCertRef, without which the server does not run: remove optional',
      'spec.authConfig.oauth.providers: has an optional authTokenRef, without which the server does not run: remove optional',
      'spec.telemetryConfig.endpoint: must be host:port, such as otel-collector:4318, without http:// and a path',
      'spec.auditConfig.logFile: must be the path of a file: remove each "." and ".."',
      'spec.autoscaling.maxReplicas: must not be less than minReplicas',
      'spec.disruptionBudget: must have exactly one of minAvailable, maxUnavailable',
      'spec.service.port: must not be 8081 with internalPort, which has that port: set another one, or remove internalPort',
      ...annotationRules('spec.service.annotations'),
      "spec.serviceAccount.annotations: can't be combined with name, because a ServiceAccount that exists is left as it is: annotate it yourself, or remove name",
      ...annotationRules('spec.serviceAccount.annotations'),
      peerRule('spec.networkPolicy.from[]'),
      peerRule('spec.networkPolicy.monitoringFrom[]'),
      'spec.expose: must have exactly one of httpRoute, ingress',
      'spec.expose.httpRoute.hostnames: has an IP address: name the domain that leads there',
      ...annotationRules('spec.expose.httpRoute.annotations'),
      'spec.expose.ingress.hosts: has an IP address: name the domain that leads there',
      "spec.expose.ingress.className: can't be combined with the annotation kubernetes.io/ingress.class: remove the annotation",
      ...annotationRules('spec.expose.ingress.annotations'),
      'spec.monitoring.interval: must be longer than 0, such as 30s',
      'spec.monitoring.labels: has a key that no annotation and no label may have',
      'spec.monitoring.labels: has a label that the hook or Metacontroller sets: remove it',
    ],
  );
});

test('a rule speaks of fields that there are, and is about one', async (t) => {
  for (const { path, node, rule, fieldPath } of rules) {
    for (const { name, schema } of usesIn(rule, node)) t.ok(schema, `${path}: ${name} in ${rule}`);
    const target = fieldPath
      ?.split('.')
      .slice(1)
      .reduce<StructuralSchema | undefined>((schema, field) => schema?.properties?.[field], node);
    t.ok(fieldPath === undefined || target, `${path}${fieldPath}`);
  }
});

test('the cost of a rule is bounded: lists that it walks and texts that it reads have limits', async (t) => {
  const bounded = { walked: 'maxItems', matched: 'maxLength', compared: 'maxLength' };
  const isScalar = (type = '') => ['integer', 'boolean'].includes(type);
  for (const { path, node, rule } of rules) {
    for (const { name, how, schema } of usesIn(rule, node)) {
      if (how === 'tested' || schema?.enum || isScalar(schema?.type)) continue;
      const limit = schema?.additionalProperties ? 'maxProperties' : bounded[how];
      t.ok(schema?.[limit], `${path}: ${name} is ${how} and has ${limit}`);
    }
  }
});
