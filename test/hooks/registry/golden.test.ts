import { createHash } from 'node:crypto';
import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Role } from 'kubernetes-models/rbac.authorization.k8s.io/v1/Role';
import { RoleBinding } from 'kubernetes-models/rbac.authorization.k8s.io/v1/RoleBinding';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Service } from 'kubernetes-models/v1/Service';
import { ServiceAccount } from 'kubernetes-models/v1/ServiceAccount';
import { test } from 'tap';
import { stringify } from 'yaml';
import { buildDesired } from '../../../hooks/desired.ts';
import { openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import { violations } from '../../../scripts/crd/violations.ts';
import { matchesGolden } from '../../support/golden.ts';
import { goldenCases, goldenText, objectCases, outputOf } from '../../support/golden-cases.ts';
import { context, shuffled } from '../../support/requests.ts';

const models = { ConfigMap, ServiceAccount, Role, RoleBinding, Deployment, Service };

for (const { name, registry, desired } of goldenCases) {
  test(`golden case ${name}`, async (t) => {
    t.strictSame(violations(openAPIV3Schema, registry, ''), [], 'the API server accepts the registry');
    t.strictSame(desired.problems, undefined, 'the hook accepts it');

    const { config, pod } = outputOf(desired);
    matchesGolden(t, `registry/${name}/config.yaml`, config);
    matchesGolden(
      t,
      `registry/${name}/pod.yaml`,
      stringify(pod, { lineWidth: 0, aliasDuplicateObjects: false }),
    );

    const all = desired.children?.all ?? [];
    t.strictSame(all.map(({ kind }) => kind).sort(), Object.keys(models).sort());
    for (const child of all) {
      const Model = models[child.kind as keyof typeof models];
      t.doesNotThrow(() => new Model(child as never).validate(), `Kubernetes accepts the ${child.kind}`);
    }
    t.strictSame(
      buildDesired(registry.metadata, shuffled(registry.spec), context.defaults).children?.byKind.ConfigMap,
      desired.children?.byKind.ConfigMap,
      'the order of keys means nothing',
    );
  });
}

test('the registry server itself accepts each configuration as it is now', async (t) => {
  for (const { name, desired } of goldenCases) {
    const sha256 = createHash('sha256').update(outputOf(desired).config).digest('hex');
    const [newest, oldest, bytes] = goldenText(name, 'verdict.txt').split('\n');
    t.equal(newest, 'v1.5.1: OK', name);
    t.equal(oldest, 'v1.1.0: OK', name);
    t.equal(bytes, `config.yaml: sha256 ${sha256}`, `${name}: the verdict is about these bytes`);
  }
});

test('what the registry server did with each configuration is known for it as it is now', async (t) => {
  for (const { name, desired } of goldenCases) {
    const sha256 = createHash('sha256').update(outputOf(desired).config).digest('hex');
    const [server, bytes, pod] = goldenText(name, 'server.txt').split('\n');
    t.equal(server, 'server: v1.5.1', name);
    t.equal(
      bytes,
      `config.yaml: sha256 ${sha256}`,
      `${name}: npm run test:server -- --update writes a new verdict`,
    );
    t.match(pod, /^pod: /, name);
  }
});

test('every kind, choice and version has a case', async (t) => {
  const keys = new Set<string>();
  const visit = (value: unknown) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, item] of Object.entries(value)) {
      keys.add(key);
      visit(item);
    }
  };
  for (const { registry } of goldenCases) visit(registry.spec);
  for (const { spec } of objectCases.values()) visit(spec);

  const fields: string[] = [];
  const visitSchema = (schema: unknown) => {
    const { properties = {}, items } = schema as { properties?: Record<string, object>; items?: object };
    for (const [field, inner] of Object.entries(properties)) {
      fields.push(field);
      visitSchema(inner);
    }
    if (items) visitSchema(items);
  };
  visitSchema((openAPIV3Schema as { properties: { spec: object } }).properties.spec);

  t.ok(fields.length > 50);
  t.strictSame(
    fields.filter((field) => !keys.has(field)),
    [],
  );
  t.strictSame([...new Set(goldenCases.map(({ registry }) => registry.apiVersion))].sort(), [
    'toolhive.stacklok.dev/v1alpha1',
    'toolhive.stacklok.dev/v1beta1',
  ]);
});
