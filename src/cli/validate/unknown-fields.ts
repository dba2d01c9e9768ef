import type { TSchema } from '@sinclair/typebox';
import { isObject, objectOf } from '../../../hooks/json.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { MCPRegistrySpec } from '../../../hooks/registry/spec.ts';

/** The fields of the object itself. */
const rootFields = ['apiVersion', 'kind', 'metadata', 'spec', 'status'];

/** Those of ObjectMeta (k8s.io/apimachinery: pkg/apis/meta/v1/types.go). */
const metadataFields = [
  ...['name', 'namespace', 'labels', 'annotations', 'generateName', 'finalizers', 'ownerReferences'],
  ...['uid', 'resourceVersion', 'generation', 'creationTimestamp', 'deletionTimestamp'],
  ...['deletionGracePeriodSeconds', 'managedFields', 'selfLink'],
];

/**
 * The fields of a registry that its CRD does not have. The hook never sees them: `kubectl apply` refuses them, and the API
 * server drops them where others apply. What is in free-form fields is checked by the hook.
 *
 * @param object an MCPRegistry, whose spec may be of any type
 * @param limit how many are looked for
 */
export function unknownFields(object: Readonly<Record<string, unknown>>, limit: number): Problem[] {
  const found: Problem[] = [];
  const note = (field: string, known: readonly string[]) => {
    found.push({
      field,
      message: `is not a field of an MCPRegistry, and would be dropped: remove it, or use one of ${known.join(', ')}`,
    });
  };
  for (const name of Object.keys(object)) {
    if (!rootFields.includes(name)) note(name, rootFields);
  }
  for (const name of Object.keys(objectOf(object['metadata']))) {
    if (!metadataFields.includes(name)) note(`metadata.${name}`, metadataFields);
  }
  collect(MCPRegistrySpec, object['spec'], 'spec');
  return found.slice(0, limit);

  /** Recursion follows the schema, which does not contain itself. */
  function collect(schema: TSchema, value: unknown, field: string): void {
    if (found.length >= limit) return;
    if (Array.isArray(value)) {
      const items: TSchema | undefined = schema['items'];
      if (items) for (const [index, item] of value.entries()) collect(items, item, `${field}[${index}]`);
      return;
    }
    const properties: Readonly<Record<string, TSchema>> | undefined = schema['properties'];
    if (!isObject(value) || properties === undefined) return;
    const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true;
    for (const [name, inner] of Object.entries(value)) {
      const below = Object.hasOwn(properties, name) ? properties[name] : undefined;
      const place = /^\d+$/.test(name) ? `${field}[${name}]` : `${field}.${name}`;
      if (below) collect(below, inner, place);
      else if (!isFree) note(place, Object.keys(properties));
      if (found.length >= limit) return;
    }
  }
}
