import type { KubernetesObject } from '../contract/kubernetes.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../json.ts';

/** What was last applied to a child: an annotation of it says so under dynamic apply, `managedFields` under server-side apply. */

export const LAST_APPLIED_ANNOTATION = 'metacontroller.k8s.io/last-applied-configuration';

/** How a child was last applied, as far as it says; undefined for one that never was. */
export function appliedBy(observed: KubernetesObject): 'dynamic' | 'server-side' | undefined {
  // Not parsed: this is asked at each call, and one that can't be parsed is of dynamic apply as well.
  if (lastAppliedText(observed)) return 'dynamic';
  return appliedSets(observed).some(isMetacontrollers) ? 'server-side' : undefined;
}

/**
 * Whether a field was named when a child was last applied, so that it would be removed if it were not named any more. Under
 * server-side apply, what somebody else has set as well would stay.
 *
 * @param path the names of the field and of those above it
 */
export function isLastApplied(observed: KubernetesObject, path: readonly string[]): boolean {
  const text = lastAppliedText(observed);
  if (text !== undefined) {
    // Most annotations don't have the field, and are not parsed.
    return text.includes(`"${path.at(-1)}"`) && has(annotatedShape(observed), path);
  }
  const steps = path.map((name) => `f:${name}`);
  const owners = objectsOf(observed.metadata['managedFields']).filter(({ fieldsV1 }) => has(fieldsV1, steps));
  return owners.length > 0 && owners.every(({ fieldsV1 }) => isMetacontrollers(fieldsV1));
}

/**
 * The items of a list of which Metacontroller applied a part on the server, and somebody else set one as well, which may be
 * Metacontroller itself before it applied on the server. They stay when they are not applied any more, without what
 * Metacontroller alone has set.
 *
 * @param path the names of the list and of the fields above it
 * @returns their keys, as `managedFields` has them
 */
export function sharedItems(observed: KubernetesObject, path: readonly string[]): readonly string[] {
  const itemsIn = (set: unknown) =>
    Object.keys(path.reduce((at, name) => objectOf(at[`f:${name}`]), objectOf(set)));
  const entries = objectsOf(observed.metadata['managedFields']);
  const isApplied = ({ operation, fieldsV1 }: JsonObject) =>
    operation === 'Apply' && isMetacontrollers(fieldsV1);
  const theirs = new Set(
    entries.filter((entry) => !isApplied(entry)).flatMap(({ fieldsV1 }) => itemsIn(fieldsV1)),
  );
  return entries
    .filter(isApplied)
    .flatMap(({ fieldsV1 }) => itemsIn(fieldsV1))
    .filter((key) => key.startsWith('k:') && theirs.has(key));
}

const has = (value: unknown, path: readonly string[]): boolean =>
  path.length === 0 ||
  (isObject(value) && Object.hasOwn(value, path[0] ?? '') && has(value[path[0] ?? ''], path.slice(1)));

/** The annotation of dynamic apply; undefined if there is none. */
function lastAppliedText({ metadata }: KubernetesObject): string | undefined {
  const text = objectOf(metadata['annotations'])[LAST_APPLIED_ANNOTATION];
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** What the annotation of dynamic apply holds; undefined if that is no object, which Metacontroller can't use either. */
export function annotatedShape(observed: KubernetesObject): JsonObject | undefined {
  const text = lastAppliedText(observed);
  if (text === undefined) return undefined;
  try {
    const shape: unknown = JSON.parse(text);
    return isObject(shape) ? shape : undefined;
  } catch {
    return undefined;
  }
}

/** The sets of fields that are owned by those who apply on the server. */
export function appliedSets({ metadata }: KubernetesObject): unknown[] {
  return objectsOf(metadata['managedFields']).flatMap(({ operation, subresource, fieldsV1 }) =>
    operation === 'Apply' && !subresource ? [fieldsV1] : [],
  );
}

/** Whether a set holds the label by which a CompositeController with `generateSelector` finds its children. */
export function isMetacontrollers(set: unknown): boolean {
  const labels = objectOf(objectOf(objectOf(set)['f:metadata'])['f:labels']);
  return Object.hasOwn(labels, 'f:controller-uid');
}
