import type { TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';

/**
 * Compiles a check of values against a schema that covers all keys of maps. TypeBox gives a map with free keys the pattern
 * `^(.*)$`, which a key with a line break does not match, so its value would not be checked.
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
