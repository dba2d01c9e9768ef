import { test } from 'tap';
import { crd, openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import type { StructuralSchema } from '../../../scripts/crd/structural-schema.ts';
import { violations } from '../../../scripts/crd/violations.ts';
import { folders, recordings } from '../../fixtures/recordings.ts';

test('MCPRegistry has the names, versions and columns that its users know', (t) => {
  const { group, names, scope, versions } = crd.spec;
  t.equal(crd.metadata.name, `${names.plural}.${group}`, 'the API server asks for this name');
  t.equal(scope, 'Namespaced');
  t.strictSame(names, {
    kind: 'MCPRegistry',
    listKind: 'MCPRegistryList',
    plural: 'mcpregistries',
    singular: 'mcpregistry',
    shortNames: ['mcpreg', 'registry'],
    categories: ['toolhive'],
  });
  t.strictSame(
    versions.map(({ name, served, storage }) => ({ name, served, storage })),
    [
      { name: 'v1alpha1', served: true, storage: true },
      { name: 'v1beta1', served: true, storage: false },
    ],
  );
  const [first, second] = versions;
  t.strictSame(first?.schema, second?.schema, 'a manifest of either version applies unchanged');
  for (const { subresources, additionalPrinterColumns } of versions) {
    t.strictSame(subresources, { status: {} });
    t.strictSame(
      additionalPrinterColumns.map(({ name, jsonPath }) => `${name} ${jsonPath}`),
      [
        'Status .status.phase',
        "Ready .status.conditions[?(@.type=='Ready')].status",
        'Replicas .status.readyReplicas',
        'URL .status.url',
        'Age .metadata.creationTimestamp',
      ],
    );
  }
  t.end();
});

test('the schema keeps the rules of the API server for structural schemas', (t) => {
  walk(openAPIV3Schema, '', (node, path) => {
    const untyped =
      node['x-kubernetes-preserve-unknown-fields'] === true || node['x-kubernetes-int-or-string'] === true;
    t.ok(node.type !== undefined || untyped, `${path}: a node has a type`);
    t.notOk(node.properties && node.additionalProperties, `${path}: additionalProperties exclude properties`);
    const banned = ['$ref', '$id', 'definitions', 'anyOf', 'oneOf', 'allOf', 'not', 'const', 'uniqueItems'];
    t.notOk(
      banned.find((keyword) => keyword in node),
      `${path}: no keyword that the API server refuses at this place`,
    );
    if ('default' in node) t.strictSame(violations(node, node['default'], path), [], 'a default is valid');
    for (const name of node.required ?? []) t.ok(node.properties?.[name], `${path}.${name} exists`);
    for (const key of (node['x-kubernetes-list-map-keys'] ?? []) as string[]) {
      t.ok(
        node.items?.required?.includes(key),
        `${path}[].${key}: the key of a list of type map is required`,
      );
    }
  });
  t.end();
});

test('the definition fits in the annotation that kubectl apply keeps it in', (t) => {
  t.ok(JSON.stringify(crd).length < 262_144);
  t.end();
});

/** What the throw-away hook of the recordings was told through the spec, where this CRD has nothing. */
const knobs = ['image', 'invalid', 'progress'].map((name) => `spec.${name}: is unknown`);

test('every recorded registry is accepted, its status too', (t) => {
  for (const folder of folders) {
    for (const { step, request } of recordings(folder)) {
      const { parent } = request as { parent: unknown };
      const found = violations(openAPIV3Schema, parent, '').filter((each) => !knobs.includes(each));
      t.strictSame(found, [], `${folder}/${step}`);
    }
  }
  t.end();
});

test('a status that somebody else left does not keep a registry from being written', (t) => {
  t.strictSame(violations(openAPIV3Schema, { status: { message: 'ready' } }, ''), []);
  t.end();
});

function walk(
  node: StructuralSchema,
  path: string,
  visit: (node: StructuralSchema, path: string) => void,
): void {
  visit(node, path);
  for (const [name, below] of Object.entries(node.properties ?? {})) walk(below, `${path}.${name}`, visit);
  if (node.items) walk(node.items, `${path}[]`, visit);
  if (node.additionalProperties) walk(node.additionalProperties, `${path}.*`, visit);
}
