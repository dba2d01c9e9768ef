import { crd } from '../crd/crd.ts';

const definition = crd.metadata.name;
const DELETION = 'mcpregistry-hook/deletion';
const REPLACEMENT = 'mcpregistry-hook/replacement';

/** The account of the ToolHive operator, whatever its namespace, as its chart names it. */
const OPERATOR = 'toolhive-operator';

/**
 * What tells a definition of ours from one of ToolHive: what 0.1.0 had, the first release with this guard, and ToolHive's of
 * v0.44.0 has not. It stays as it is when a field or a phase is added: otherwise nobody could go back to the release before.
 */
export const guardedWords = {
  spec: [
    ...['enforceServers', 'sources', 'registries', 'defaultSource', 'source', 'syncPolicy', 'filter'],
    ...['databaseConfig', 'authConfig', 'telemetryConfig', 'auditConfig', 'replicas', 'autoscaling'],
    ...['disruptionBudget', 'service', 'serviceAccount', 'networkPolicy', 'expose', 'monitoring'],
  ],
  status: ['externalUrl', 'replicas', 'selector'],
  phases: ['Running', 'Syncing'],
} as const;

const list = (words: readonly string[]) => `[${words.map((word) => `'${word}'`).join(', ')}]`;
const schemaAt = (path: string) => `v.schema.openAPIV3Schema.properties.${path}`;
/** CEL: whether an annotation of an object is `allowed`. */
const allows = (object: string, annotation: string) =>
  `(has(${object}.metadata.annotations) && '${annotation}' in ${object}.metadata.annotations && ${object}.metadata.annotations['${annotation}'] == 'allowed')`;
/**
 * CEL: each served version of the new definition has all of these words. The annotation may come with the change itself, so that
 * it can be set on a definition that lacks them already.
 */
const inEachVersion = (words: readonly string[], place: string) =>
  `request.operation == 'DELETE' || ${allows('object', REPLACEMENT)} || ${allows('oldObject', REPLACEMENT)} || object.spec.versions.all(v, !v.served || ${list(words)}.all(w, w in ${place}))`;

/** What to do, in the two cases that there are. */
const WAYS_OUT = `It is probably that of the chart toolhive-operator-crds: install that chart with crds.install=false. If it is meant to replace this one: kubectl annotate crd ${definition} ${REPLACEMENT}=allowed`;

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
        expression: `request.operation != 'DELETE' || ${allows('oldObject', DELETION)}`,
        message: `Deleting this definition deletes every MCPRegistry of the cluster with all of its pods. If that is wanted: kubectl annotate crd ${definition} ${DELETION}=allowed`,
      },
      {
        expression: inEachVersion(guardedWords.spec, schemaAt('spec.properties')),
        message: `This definition lacks fields of spec that registries use: the API server would drop them from each object that is written. ${WAYS_OUT}`,
      },
      {
        expression: inEachVersion(guardedWords.status, schemaAt('status.properties')),
        message: `This definition lacks fields of status that the hook writes. ${WAYS_OUT}`,
      },
      {
        expression: inEachVersion(guardedWords.phases, schemaAt('status.properties.phase.enum')),
        message: `This definition lacks phases that the hook writes: the API server would refuse every status. ${WAYS_OUT}`,
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
