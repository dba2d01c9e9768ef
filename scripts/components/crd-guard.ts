import { crd } from '../crd/crd.ts';
import type { StructuralSchema } from '../crd/structural-schema.ts';

const definition = crd.metadata.name;
const DELETION = 'mcpregistry-hook/deletion';

/** The account of the ToolHive operator, whatever its namespace, as its chart names it. */
const OPERATOR = 'toolhive-operator';

const { spec, status } = crd.spec.versions[0]?.schema.openAPIV3Schema.properties ?? {};
const namesOf = (schema: StructuralSchema | undefined) => Object.keys(schema?.properties ?? {});
const phases = status?.properties?.['phase']?.enum ?? [];

const list = (words: readonly unknown[]) => `[${words.map((word) => `'${String(word)}'`).join(', ')}]`;
const schemaAt = (path: string) => `v.schema.openAPIV3Schema.properties.${path}`;
/** CEL: each served version of the new definition has all of these words. */
const inEachVersion = (words: readonly unknown[], place: string) =>
  `request.operation == 'DELETE' || object.spec.versions.all(v, !v.served || ${list(words)}.all(w, w in ${place}))`;

const policy = (name: string, resources: object, validations: readonly object[]) => [
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: { failurePolicy: 'Fail', matchConstraints: { resourceRules: [resources] }, validations },
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName: name, validationActions: ['Deny'] },
  },
];

/**
 * Admission policies against what the chart of the ToolHive operator does to our definition and our objects: its own
 * definition takes the fields and phases out that it lacks, it may delete the definition, and the operator may write status.
 */
export const crdGuard: readonly object[] = [
  ...policy(
    'mcpregistry-crd',
    {
      apiGroups: ['apiextensions.k8s.io'],
      apiVersions: ['*'],
      operations: ['UPDATE', 'DELETE'],
      resources: ['customresourcedefinitions'],
      resourceNames: [definition],
    },
    [
      {
        expression: `request.operation != 'DELETE' || (has(oldObject.metadata.annotations) && '${DELETION}' in oldObject.metadata.annotations && oldObject.metadata.annotations['${DELETION}'] == 'allowed')`,
        message: `Deleting this definition deletes every MCPRegistry of the cluster with all of its pods. If that is wanted: kubectl annotate crd ${definition} ${DELETION}=allowed`,
      },
      {
        expression: inEachVersion(namesOf(spec), schemaAt('spec.properties')),
        message:
          'This definition lacks fields of spec that registries use: the API server would drop them from each object that is written. It is probably that of the chart toolhive-operator-crds: install that chart with crds.install=false.',
      },
      {
        expression: inEachVersion(namesOf(status), schemaAt('status.properties')),
        message:
          'This definition lacks fields of status that the hook writes. It is probably that of the chart toolhive-operator-crds: install that chart with crds.install=false.',
      },
      {
        expression: inEachVersion(phases, schemaAt('status.properties.phase.enum')),
        message:
          'This definition lacks phases that the hook writes: the API server would refuse every status. It is probably that of the chart toolhive-operator-crds: install that chart with crds.install=false.',
      },
    ],
  ),
  ...policy(
    'mcpregistry-status',
    {
      apiGroups: [crd.spec.group],
      apiVersions: ['*'],
      operations: ['UPDATE'],
      resources: [`${crd.spec.names.plural}/status`],
    },
    [
      {
        expression: `!request.userInfo.username.endsWith(':${OPERATOR}')`,
        message: `The status of an MCPRegistry is the hook's to write. Stop the ToolHive operator, or its controller of MCPRegistry objects: docs/operations.md, "Move from the ToolHive operator".`,
      },
    ],
  ),
];
