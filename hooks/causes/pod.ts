import { TEMPLATE_HASH_ANNOTATION } from '../children/deployment.ts';
import { type JsonObject, listOf, objectOf, objectsOf, textOf } from '../json.ts';
import { controllerOf } from '../related/controller.ts';

/** As many conditions, containers or volumes of a pod as are looked at. */
const LOOKED_AT = 100;

/** The objects in a list of a pod. */
export const itemsOf = (list: unknown): readonly JsonObject[] => objectsOf(listOf(list).slice(0, LOOKED_AT));

/** A condition of a pod by its type. */
export const podCondition = (pod: JsonObject, type: string): JsonObject | undefined =>
  itemsOf(objectOf(pod['status'])['conditions']).find((condition) => condition['type'] === type);

export const isReady = (pod: JsonObject): boolean => podCondition(pod, 'Ready')?.['status'] === 'True';

/**
 * The pods of the desired template that stay, those that are over only if there are no others. Where none bears the hash of any template, because an older release made them or
 * something removes annotations, they are those of the ReplicaSet that made the newest.
 *
 * @returns the newest first
 */
export function currentPods(pods: readonly JsonObject[], templateHash: string | undefined): JsonObject[] {
  const staying = pods.filter(isStaying).sort(newestFirst);
  const marked = staying.filter((pod) => hashOf(pod) !== undefined);
  const newest = staying[0] && replicaSetOf(staying[0]);
  const current =
    marked.length > 0
      ? marked.filter((pod) => hashOf(pod) === templateHash)
      : staying.filter((pod) => replicaSetOf(pod) === newest);
  // One that was evicted has been replaced, and stays for long (kube-controller-manager: --terminated-pod-gc-threshold).
  const active = current.filter((pod) => !isOver(pod));
  return active.length > 0 ? active : current;
}

const isOver = ({ status }: JsonObject): boolean =>
  /^(Failed|Succeeded)$/.test(textOf(objectOf(status)['phase']));

function isStaying(pod: JsonObject): boolean {
  return objectOf(pod['metadata'])['deletionTimestamp'] === undefined && replicaSetOf(pod) !== undefined;
}

const hashOf = ({ metadata }: JsonObject): unknown =>
  objectOf(objectOf(metadata)['annotations'])[TEMPLATE_HASH_ANNOTATION];

function replicaSetOf({ metadata }: JsonObject): string | undefined {
  const owner = controllerOf(objectOf(metadata));
  return owner?.kind === 'ReplicaSet' ? owner.name : undefined;
}

/** Pods that were made last come first; those of one second by their names, so that the order is always the same. */
function newestFirst(left: JsonObject, right: JsonObject): number {
  const [a, b] = [keyOf(left), keyOf(right)];
  return a < b ? 1 : a > b ? -1 : 0;
}

function keyOf({ metadata }: JsonObject): string {
  const { creationTimestamp, name } = objectOf(metadata);
  return `${textOf(creationTimestamp)} ${textOf(name)}`;
}
