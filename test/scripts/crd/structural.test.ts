import { test } from 'tap';
import { openAPIV3Schema } from '../../../scripts/crd/crd.ts';
import { nodesOf } from '../../support/schema-nodes.ts';

/**
 * The rules of the API server for structural schemas (apiextensions-apiserver: pkg/apiserver/schema/validation.go);
 * it would refuse the whole definition.
 */

const nodes = nodesOf(openAPIV3Schema);
const preserve = 'x-kubernetes-preserve-unknown-fields';

test('every node has a type, but for values of any type that are preserved, and for numbers or texts', async (t) => {
  const types = ['object', 'array', 'string', 'integer', 'number', 'boolean'];
  for (const { path, node } of nodes) {
    const isUntyped = node[preserve] === true || node['x-kubernetes-int-or-string'] === true;
    t.ok(node.type === undefined ? isUntyped : types.includes(node.type), path);
    t.equal(node.type === 'array', node.items !== undefined, `${path}: lists, and no others, have items`);
    t.ok(node.type === 'object' || !(node.properties ?? node.additionalProperties), `${path}: fields`);
  }
});

test('no node has a keyword that is not known, or not allowed where it is', async (t) => {
  const known = [
    ...['description', 'type', 'properties', 'required', 'items', 'additionalProperties', 'enum', 'format'],
    ...[
      'pattern',
      'minLength',
      'maxLength',
      'minimum',
      'maximum',
      'minItems',
      'maxItems',
      'maxProperties',
      preserve,
    ],
    'x-kubernetes-int-or-string',
    ...['x-kubernetes-list-type', 'x-kubernetes-list-map-keys', 'x-kubernetes-validations'],
  ];
  for (const { path, node } of nodes) {
    t.strictSame(
      Object.keys(node).filter((keyword) => !known.includes(keyword)),
      [],
      path,
    );
    t.notOk(node.properties && node.additionalProperties, `${path}: additionalProperties with properties`);
    for (const name of node.required ?? []) t.ok(node.properties?.[name], `${path}.${name} is declared`);
  }
});

test('a list of type map has keys that each item must have, and that are scalars', async (t) => {
  const lists = nodes.filter(({ node }) => node['x-kubernetes-list-type'] === 'map');
  t.strictSame(
    lists.map(({ path, node }) => `${path} by ${node['x-kubernetes-list-map-keys']}`),
    [
      'spec.volumes by name',
      'spec.volumeMounts by mountPath',
      'spec.sources by name',
      'spec.registries by name',
      'spec.expose.httpRoute.parentRefs by name',
      'status.conditions by type',
    ],
  );
  for (const { path, node } of lists) {
    for (const key of node['x-kubernetes-list-map-keys'] as readonly string[]) {
      t.ok(node.items?.required?.includes(key), `${path}[].${key} is required`);
      t.equal(node.items?.properties?.[key]?.type, 'string', `${path}[].${key} is a string`);
    }
  }
});

test('unknown fields are preserved only where an object is free-form', async (t) => {
  t.strictSame(
    nodes.filter(({ node }) => preserve in node).map(({ path }) => path),
    [
      'spec.volumes[]',
      'spec.volumeMounts[]',
      'spec.sources[].claims',
      'spec.registries[].claims',
      'spec.authConfig.authz.roles.superAdmin[]',
      'spec.authConfig.authz.roles.manageSources[]',
      'spec.authConfig.authz.roles.manageRegistries[]',
      'spec.authConfig.authz.roles.manageEntries[]',
      'spec.podTemplateSpec',
      ...['from', 'monitoringFrom'].flatMap((list) =>
        ['ipBlock', 'namespaceSelector', 'podSelector'].map(
          (field) => `spec.networkPolicy.${list}[].${field}`,
        ),
      ),
    ],
  );
});

test('every field is explained, as a sentence', async (t) => {
  const unexplained = nodes.filter(
    ({ path, node }) =>
      /\.\w+$/.test(path) && !path.startsWith('metadata.') && !/^[A-Z].*\.$/s.test(node.description ?? ''),
  );
  t.strictSame(
    unexplained.map(({ path }) => path),
    [],
  );
});

test('patterns are such that the API server, which is written in Go, reads as they are meant', async (t) => {
  const patterns = nodes.flatMap(({ node }) =>
    node['pattern'] === undefined ? [] : [String(node['pattern'])],
  );
  t.ok(patterns.length > 0);
  for (const pattern of patterns) t.notMatch(pattern, /\(\?[=!<]|\\[1-9]/, `${pattern}: no look-around`);
});
