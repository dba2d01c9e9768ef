import { Type } from '@sinclair/typebox';
import { Condition, MCPRegistryStatus, Phase } from '../../hooks/contract/status.ts';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { type StructuralSchema, structuralSchema } from './structural-schema.ts';

const group = 'toolhive.stacklok.dev';

/**
 * The status as it may be stored: nothing is required, because an object that another release or the operator left
 * must be accepted when its spec or its finalizers are written.
 */
const StoredStatus = Type.Partial(
  Type.Object({
    ...MCPRegistryStatus.properties,
    // The operators of ToolHive v0.2.17 to v0.16.0 wrote Syncing. What else they wrote is pruned.
    phase: Type.Union([...Phase.anyOf, Type.Literal('Syncing')], {
      description:
        'Where the registry is in its life. A registry that serves is Running, or Ready where the CompositeController is registered for v1beta1, whichever version the object is read in. Syncing was left by an operator of ToolHive before v0.17.0.',
    }),
    conditions: Type.Array(Condition, {
      description: 'Conditions for programs: Ready always, others only while they apply.',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['type'],
    }),
  }),
  { description: 'What is observed of the registry; written by the hook alone.' },
);

/** The schema of an MCPRegistry, the same for both versions: a manifest does not depend on which one it names. */
export const openAPIV3Schema: StructuralSchema = {
  description: 'An MCP registry server: which sources it serves, with which auth, on which database.',
  type: 'object',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: {
      type: 'object',
      properties: {
        // It begins the name of a Service (hooks/children/names.ts): a label of RFC 1035 with 63 characters, less "-api".
        // Rules in CEL may stand at the root alone, and would be asked at each update of an object that has such a name
        // already: it could not be deleted. What a schema says of a name that does not change is passed over.
        name: { type: 'string', maxLength: 59, pattern: '^[a-z][^.]*$' },
      },
    },
    spec: structuralSchema(MCPRegistrySpec, 'spec'),
    status: structuralSchema(StoredStatus, 'status'),
  },
};

const additionalPrinterColumns = [
  { name: 'Status', type: 'string', jsonPath: '.status.phase' },
  { name: 'Ready', type: 'string', jsonPath: ".status.conditions[?(@.type=='Ready')].status" },
  { name: 'Replicas', type: 'integer', jsonPath: '.status.readyReplicas' },
  { name: 'URL', type: 'string', jsonPath: '.status.url' },
  { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
  // Shown with -o wide.
  { name: 'External URL', type: 'string', jsonPath: '.status.externalUrl', priority: 1 },
];

/**
 * The same schema without descriptions, for the version that `kubectl explain` does not show: both versions of the
 * definition have to fit in one annotation.
 */
function withoutDescriptions({ description: _, ...schema }: StructuralSchema): StructuralSchema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, property]) => [name, withoutDescriptions(property)]),
      ),
    }),
    ...(items && { items: withoutDescriptions(items) }),
    ...(additionalProperties && { additionalProperties: withoutDescriptions(additionalProperties) }),
  };
}

const version = (name: string, storage: boolean, schema: StructuralSchema) => ({
  name,
  served: true,
  storage,
  schema: { openAPIV3Schema: schema },
  subresources: {
    status: {},
    scale: {
      specReplicasPath: '.spec.replicas',
      statusReplicasPath: '.status.replicas',
      labelSelectorPath: '.status.selector',
    },
  },
  additionalPrinterColumns,
});

/** The CustomResourceDefinition of MCPRegistry. */
export const crd = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `mcpregistries.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      kind: 'MCPRegistry',
      listKind: 'MCPRegistryList',
      plural: 'mcpregistries',
      singular: 'mcpregistry',
      shortNames: ['mcpreg', 'registry'],
      categories: ['toolhive'],
    },
    // The operator has stored v1beta1 since v0.23.0 (deploy/charts/operator-crds): with the same version here, a definition
    // that takes the place of the other one leaves what is stored as it is.
    versions: [
      version('v1alpha1', false, withoutDescriptions(openAPIV3Schema)),
      version('v1beta1', true, openAPIV3Schema),
    ],
  },
};
