/** Reads JSON values of which nothing is known. */

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** An object as it is, and anything else as an empty one. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {});

/** A list as it is, and anything else as an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** The objects of a list; none if it is no list. */
export const objectsOf = (value: unknown): readonly JsonObject[] => listOf(value).filter(isObject);
