import { Kind, type TSchema } from '@sinclair/typebox';
import { Phase } from '../../../hooks/contract/status.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../../../hooks/json.ts';
import { MCPRegistrySpec } from '../../../hooks/registry/spec.ts';
import { listSome } from '../../../hooks/registry/warning.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { ClusterInput } from './cluster-input.ts';
import type { Controller } from './controllers.ts';
import { type Finding, finding } from './finding.ts';

/** Far more than a CRD has. */
const VERSIONS_LIMIT = 20;

const NAME = 'mcpregistries.toolhive.stacklok.dev';

const phases: readonly string[] = Phase.anyOf.map((literal) => literal.const);

/**
 * Whether the CRD of registries is this project's: under the one of the operator, the API server drops the fields that it
 * lacks from each object that is written, and refuses a status with another phase.
 */
export function crdFindings(
  cluster: ClusterInput,
  controllers: readonly Controller[] | undefined,
): Finding[] {
  const crd = cluster.of('CustomResourceDefinition').find(({ name }) => name === NAME);
  if (!crd) {
    return cluster.hasAll('CustomResourceDefinition', '')
      ? [
          finding(
            'error',
            'CrdNotFound',
            `CustomResourceDefinition ${NAME} does not exist: apply the manifests`,
            {
              next: ['kubectl', 'apply', '-k', 'manifests'],
            },
          ),
        ]
      : [];
  }
  const versions = objectsOf(objectOf(crd.object['spec'])['versions']).slice(0, VERSIONS_LIMIT);
  const isServed = (wanted: string) =>
    versions.some(({ name, served }) => served === true && `toolhive.stacklok.dev/${name}` === wanted);
  return [
    ...lackFindings(versions.filter(({ served }) => served === true)),
    ...(controllers ?? [])
      .filter(({ apiVersion }) => !isServed(apiVersion))
      .map(({ name, apiVersion }) =>
        finding(
          'error',
          'VersionNotServed',
          `CompositeController ${name} is registered for ${apiVersion}, which the CRD does not serve: Metacontroller can't watch registries. Apply the CRD of mcpregistry-hook`,
          { next: APPLY },
        ),
      ),
  ];
}

const APPLY = [
  ...['kubectl', 'apply', '--server-side', '--force-conflicts', '-f', 'manifests/base/crd.yaml'],
];

/** What the versions lack, those together that lack the same. */
function lackFindings(versions: readonly JsonObject[]): Finding[] {
  const byLack = new Map<string, JsonObject[]>();
  for (const version of versions) {
    const lack = lackOf(version);
    if (lack !== undefined) byLack.set(lack, [...(byLack.get(lack) ?? []), version]);
  }
  return [...byLack].map(([lack, lacking]) => {
    const names = lacking.map(({ name }) => foreignText(name, 63)).join(', ');
    // No release of this project deprecates a version.
    return lacking.some(({ deprecated }) => deprecated === true)
      ? finding(
          'error',
          'CrdReplaced',
          `The CRD is the one of the ToolHive operator: in ${names} it lacks ${lack}. The API server drops fields that it lacks from each object that is written. Put the one of mcpregistry-hook back, and keep the chart toolhive-operator-crds from replacing it (crds.install=false)`,
          { next: APPLY },
        )
      : finding(
          'error',
          'CrdOutdated',
          `The CRD is of another release: in ${names} it lacks ${lack}. Apply the one of this release`,
          { next: APPLY },
        );
  });
}

/** What a version of the CRD lacks, in words; undefined if it lacks nothing. */
function lackOf({ schema }: JsonObject): string | undefined {
  const { spec, status } = objectOf(objectOf(objectOf(schema)['openAPIV3Schema'])['properties']);
  const fields = missingFields(MCPRegistrySpec, objectOf(spec), 'spec');
  const known = listOf(objectOf(objectOf(objectOf(status)['properties'])['phase'])['enum']);
  const missing = known.length === 0 ? [] : phases.filter((each) => !known.includes(each));
  const parts = [counted('field', fields), counted('phase', missing)].filter((part) => part !== '');
  return parts.length > 0 ? parts.join(' and ') : undefined;
}

const counted = (what: string, names: readonly string[]): string =>
  names.length === 0 ? '' : `the ${what}${names.length > 1 ? 's' : ''} ${listSome(names)}`;

/**
 * The fields of a schema that a CRD does not have. What is below a field that keeps unknown ones is not looked at.
 *
 * @param path of the schema
 */
function missingFields(schema: TSchema, crd: JsonObject, path: string): string[] {
  if (crd['x-kubernetes-preserve-unknown-fields'] === true) return [];
  if (schema[Kind] === 'Array') return missingFields(schema['items'], objectOf(crd['items']), `${path}[]`);
  if (schema[Kind] !== 'Object') return [];
  const known = objectOf(crd['properties']);
  return Object.entries<TSchema>(schema['properties']).flatMap(([name, inner]) => {
    const found = known[name];
    return isObject(found) ? missingFields(inner, found, `${path}.${name}`) : [`${path}.${name}`];
  });
}
