import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

/**
 * A check of values against a schema, in which maps are looked at under all of their keys. TypeBox gives a map of any
 * keys the pattern `^(.*)$`, which a key with a line break does not match: its value would be of any type.
 */
export function compile<T extends TSchema>(schema: T): TypeCheck<T> {
  return TypeCompiler.Compile(withEveryKey(schema));
}

function withEveryKey<T extends TSchema>(schema: T): T {
  const copy = (value: unknown, key: PropertyKey): unknown => {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Reflect.ownKeys(value).map((name) => [
        key === 'patternProperties' && name === '^(.*)$' ? '^' : name,
        copy(Reflect.get(value, name), name),
      ]),
    );
  };
  // The copy has the same form.
  return copy(schema, '') as T;
}
