import type { Identity } from '../identity.ts';
import { isObject, type JsonObject, objectOf, objectsOf } from '../json.ts';

/** The groups of related objects that the customize hook asks for. */
export type RelatedGroup = 'Pod.v1' | 'ConfigMap.v1' | 'PersistentVolumeClaim.v1';

/**
 * The related objects of one kind. A request has a group for each kind that was asked for, also an empty one.
 *
 * @param related the related objects of a request, of any shape: they belong to others
 * @returns undefined if nobody asked, so that nothing is known
 */
export function relatedObjects(related: unknown, group: RelatedGroup): readonly JsonObject[] | undefined {
  const objects = objectOf(related)[group];
  return isObject(objects) ? objectsOf(Object.values(objects)) : undefined;
}

/** Those of a kind that are in the namespace of a registry. Hooks of version 2 are shown others as well. */
export const relatedHere = (
  related: unknown,
  group: RelatedGroup,
  { namespace }: Identity,
): readonly JsonObject[] | undefined =>
  relatedObjects(related, group)?.filter(({ metadata }) => objectOf(metadata)['namespace'] === namespace);
