import type { ApiServer } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import {
  controllerOf,
  isObject,
  type KubeObject,
  listAt,
  objectAt,
  ownersOf,
  type StoredObject,
} from '../json.ts';
import { controllerRef } from './children.ts';

/** The labels that make an object a child of this parent. */
export function selectorOf(parent: StoredObject, generated: boolean): (object: KubeObject) => boolean {
  const wanted = generated
    ? { 'controller-uid': parent.metadata.uid }
    : objectAt(parent, 'spec', 'selector', 'matchLabels');
  if (
    !generated &&
    (Object.keys(wanted).length === 0 || listAt(parent, 'spec', 'selector', 'matchExpressions').length > 0)
  ) {
    throw new Error('.spec.selector must have matchLabels; the simulator knows no matchExpressions');
  }
  return (object) => {
    const labels = object.metadata['labels'];
    return Object.entries(wanted).every(([key, value]) => isObject(labels) && labels[key] === value);
  };
}

/**
 * The children of a parent, of one kind in its namespace. Objects without a controller that its selector matches
 * are adopted, its own that don't match any more are released, neither while the parent is being deleted.
 */
export function claimChildren(
  api: ApiServer,
  parent: StoredObject,
  kind: string,
  matches: (object: KubeObject) => boolean,
): StoredObject[] {
  const { namespace, uid } = parent.metadata;
  const isDeleted = parent.metadata['deletionTimestamp'] !== undefined;
  const owned = api
    .ownedBy(uid)
    .filter((object) => object.kind === kind && object.metadata.namespace === namespace);
  const claimed: StoredObject[] = [];
  for (const object of owned) {
    if (controllerOf(object)?.uid !== uid) continue;
    if (matches(object)) claimed.push(object);
    else if (!isDeleted) release(api, object, uid);
  }
  for (const object of api.orphansOf(kind, namespace)) {
    if (isDeleted || !matches(object) || object.metadata['deletionTimestamp'] !== undefined) continue;
    if (adopt(api, parent, object)) claimed.push(object);
  }
  return claimed.sort((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1));
}

function release(api: ApiServer, { kind, metadata: { namespace, name } }: StoredObject, uid: string): void {
  api.edit(kind, namespace, name, 'metacontroller', (object) => {
    const left = ownersOf(object).filter((owner) => owner.uid !== uid);
    if (left.length > 0) object.metadata['ownerReferences'] = left;
    else delete object.metadata['ownerReferences'];
  });
}

function adopt(
  api: ApiServer,
  parent: StoredObject,
  { kind, metadata: { namespace, name } }: StoredObject,
): boolean {
  try {
    api.edit(kind, namespace, name, 'metacontroller', (object) => {
      object.metadata['ownerReferences'] = [...ownersOf(object), controllerRef(parent)];
    });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.reason === 'NotFound') return false;
    throw error;
  }
}
