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

/** Whether a pod is one of the desired template, and stays. */
export function isCurrent(pod: JsonObject, templateHash: string | undefined): boolean {
  const metadata = objectOf(pod['metadata']);
  return (
    templateHash !== undefined &&
    objectOf(metadata['annotations'])[TEMPLATE_HASH_ANNOTATION] === templateHash &&
    metadata['deletionTimestamp'] === undefined &&
    controllerOf(metadata)?.kind === 'ReplicaSet'
  );
}

/** Pods that were made last come first; those of one second by their names, so that the order is always the same. */
export function newestFirst(left: JsonObject, right: JsonObject): number {
  const [a, b] = [keyOf(left), keyOf(right)];
  return a < b ? 1 : a > b ? -1 : 0;
}

function keyOf({ metadata }: JsonObject): string {
  const { creationTimestamp, name } = objectOf(metadata);
  return `${textOf(creationTimestamp)} ${textOf(name)}`;
}
