/**
 * Freezes a JSON value in place, down to its leaves, and returns it: whoever writes to an input
 * then throws instead of passing unseen.
 */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
