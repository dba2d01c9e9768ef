import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { type JsonObject, objectOf } from '../json.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { type FieldTree, fieldTree } from './field-tree.ts';
import { annotatedShape, appliedSets, isMetacontrollers, LAST_APPLIED_ANNOTATION } from './last-applied.ts';
import { project } from './project.ts';

/** Metadata that only the API server writes, and Metacontroller restores (manage_children.go, objectMetaSystemFields). */
const systemFields: ReadonlySet<string> = new Set([
  ...['selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
  ...['deletionTimestamp', 'deletionGracePeriodSeconds', 'managedFields'],
]);

/**
 * The answer that leaves a child as it is, under either apply strategy: its observed values at the paths that were
 * applied last. An answer that named less would remove the rest, and one that named more would claim fields of others.
 *
 * What was applied last is in an annotation under dynamic apply and in `managedFields` under server-side apply; a request
 * does not show which of the two is in use, so the paths of both count. Whoever may edit a child can write both: they
 * only choose among values that exist already. Without either, the identity alone removes nothing.
 *
 * @param observed a child as Metacontroller posts it, of any shape
 */
export function freeze(observed: KubernetesObject): Child {
  const { apiVersion, kind, metadata } = observed;
  const { metadata: named, ...content } = appliedParts(observed, false);
  const { name, namespace } = metadata;
  // An observed child may have no namespace, and is answered without one then.
  // `project` returns unknown JSON; what makes it a Child is set here.
  return sortKeys({
    ...content,
    apiVersion,
    kind,
    metadata: { ...objectOf(named), name, ...(namespace === undefined ? {} : { namespace }) },
  }) as Child;
}

/**
 * What of a child was applied last, as it is observed.
 *
 * @param divides whether to keep parts also of what server-side apply replaces whole
 */
export function appliedParts(observed: KubernetesObject, divides: boolean): JsonObject {
  const shape = annotatedShape(observed);
  const owned = appliedFields(observed, !isShapeOf(observed, shape));
  return objectOf(project(answerable(observed, shape), { shape, owned, divides }));
}

/** Whether an annotation was made for this child: what Metacontroller notes has its kind and its name. */
const isShapeOf = ({ kind, metadata }: KubernetesObject, shape: JsonObject | undefined) =>
  shape?.['kind'] === kind && objectOf(shape['metadata'])['name'] === metadata.name;

/**
 * A child without what is never answered: its status, and what Metacontroller and the API server keep in its metadata.
 * Metacontroller adds its owner reference by itself; where the annotation names them, leaving them out would remove them.
 */
function answerable({ status: _, metadata, ...content }: KubernetesObject, shape?: JsonObject): JsonObject {
  const namesOwners = Object.hasOwn(objectOf(shape?.['metadata']), 'ownerReferences');
  const isAnswerable = ([name]: readonly [string, unknown]) =>
    !systemFields.has(name) && (name !== 'ownerReferences' || namesOwners);
  const fields = Object.fromEntries(Object.entries(metadata).filter(isAnswerable));
  const { [LAST_APPLIED_ANNOTATION]: __, ...annotations } = objectOf(fields['annotations']);
  return { ...content, metadata: { ...fields, ...(fields['annotations'] ? { annotations } : {}) } };
}

/**
 * What is owned by those who apply on the server. Metacontroller's name there is a flag of it, and may have changed: it
 * is known by the label that nobody else sets. Without that and without the annotation, each of them may be it.
 */
function appliedFields(observed: KubernetesObject, isUnknown: boolean): FieldTree {
  const sets = appliedSets(observed);
  const own = sets.filter(isMetacontrollers);
  return fieldTree(own.length === 0 && isUnknown ? sets : own);
}
