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

/** Whether a pod is over: its ReplicaSet makes another in its place, and leaves it for people to see. */
export function isOver({ status }: JsonObject): boolean {
  const { phase } = objectOf(status);
  return phase === 'Failed' || phase === 'Succeeded';
}

/** From the end of a pod to the making of the one in its place, at the longest. */
const REPLACED_WITHIN_MS = 60_000;

/**
 * The pods that are over of which the newest living one takes the place. Older ones stay for weeks, and tell nothing of
 * today.
 *
 * @param newest undefined where no pod lives
 */
export function lastOver(pods: readonly JsonObject[], newest: JsonObject | undefined): JsonObject[] {
  const over = pods.filter(isOver);
  if (newest === undefined) return over;
  const since = Date.parse(textOf(objectOf(newest['metadata'])['creationTimestamp'])) - REPLACED_WITHIN_MS;
  return over.filter(
    (pod) => Date.parse(textOf(podCondition(pod, 'Ready')?.['lastTransitionTime'])) >= since,
  );
}

/**
 * The pods of the desired template that stay. Where none bears the hash of any template, because an older release made them
 * or something removes annotations, they are those of the ReplicaSet that made the newest.
 *
 * @returns the newest first
 */
export function currentPods(pods: readonly JsonObject[], templateHash: string | undefined): JsonObject[] {
  const staying = newestFirst(pods.filter(isStaying));
  const marked = staying.filter((pod) => hashOf(pod) !== undefined);
  if (marked.length > 0) return marked.filter((pod) => hashOf(pod) === templateHash);
  const newest = staying[0] && replicaSetOf(staying[0]);
  return staying.filter((pod) => replicaSetOf(pod) === newest);
}

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
function newestFirst(pods: readonly JsonObject[]): JsonObject[] {
  const keyed = pods.map((pod) => [keyOf(pod), pod] as const);
  return keyed.sort(([a], [b]) => (a < b ? 1 : a > b ? -1 : 0)).map(([, pod]) => pod);
}

/** Longer than any name. */
const KEY_LIMIT = 300;

function keyOf({ metadata }: JsonObject): string {
  const { creationTimestamp, name } = objectOf(metadata);
  return `${textOf(creationTimestamp).slice(0, 40)} ${textOf(name).slice(0, KEY_LIMIT)}`;
}
