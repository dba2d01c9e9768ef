/** Reads JSON values of unknown type, and JSON pointers (RFC 6901). */

export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value is an object: null and lists are not. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object as it is, and anything else as an empty one. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** A list as it is, and anything else as an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text as it is, and anything else as an empty one. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** The objects in a list; none if the value is not a list. */
export const objectsOf = (value: unknown): readonly JsonObject[] => listOf(value).filter(isObject);

/** The pointer to a field of the object that a pointer leads to. */
export const pointerBelow = (pointer: string, name: string): string =>
  `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The names and indexes in a pointer, unescaped; none in `''`, the pointer to the whole value. */
export const pointerTokens = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

/** The value that a pointer leads to; undefined if there is none. */
export const valueAt = (value: unknown, pointer: string): unknown =>
  pointerTokens(pointer).reduce<unknown>(
    // A list has its items under their indexes, as an object has its fields.
    (at, token) =>
      (isObject(at) || Array.isArray(at)) && Object.hasOwn(at, token) ? (at as JsonObject)[token] : undefined,
    value,
  );

/** Freezes a JSON value down to its leaves, and returns it. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
