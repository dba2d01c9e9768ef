import type { Static, TSchema } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';

/**
 * Makes a reader of objects that may hold anything: what does not fit the schema is read as absent.
 *
 * @param schema of the fields that are read, each optional but for those that every object has
 */
export function readAs<S extends TSchema>(schema: S) {
  const compiled = TypeCompiler.Compile(schema);
  // What is read fits the schema; the rest of the object stays as it is.
  return <T>(value: T): T & Static<S> =>
    (compiled.Check(value) ? value : fitting(schema, value)) as T & Static<S>;
}

/** The part of a value that fits; undefined if none does. */
function fitting(schema: TSchema, value: unknown): unknown {
  if (Value.Check(schema, value)) return value;
  const fit = fittingParts(schema, value);
  return Value.Check(schema, fit) ? fit : undefined;
}

function fittingParts(schema: TSchema, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items && value.map((item) => fitting(items, item)).filter((item) => item !== undefined);
  }
  const { properties = {}, patternProperties = {} } = schema;
  const [anyKey] = Object.values<TSchema>(patternProperties);
  const fields = Object.entries(value).map(([name, field]) => {
    const known: TSchema | undefined = Object.hasOwn(properties, name) ? properties[name] : anyKey;
    return [name, known ? fitting(known, field) : field] as const;
  });
  return Object.fromEntries(fields.filter(([, field]) => field !== undefined));
}
