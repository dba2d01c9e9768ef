import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { isObject, objectOf } from '../json.ts';

/**
 * Whether an observed value has all that a desired one has: each field of an object, and in a list the same items in the
 * same order. Fields beside them are the API server's defaults, or somebody else's.
 */
export function holds(observed: unknown, desired: unknown): boolean {
  if (Array.isArray(desired)) {
    return (
      Array.isArray(observed) &&
      observed.length === desired.length &&
      desired.every((item, index) => holds(observed[index], item))
    );
  }
  if (!isObject(desired)) return observed === desired;
  return (
    isObject(observed) &&
    Object.entries(desired).every(
      ([name, value]) => Object.hasOwn(observed, name) && holds(observed[name], value),
    )
  );
}

/** Whether an observed child has the annotations of a desired one, beside those of others. */
export const holdsAnnotations = (observed: KubernetesObject, desired: Child): boolean =>
  holds(objectOf(observed.metadata['annotations']), desired.metadata.annotations ?? {});
