import { Kind, type TSchema } from '@sinclair/typebox';
import type { TypeCheck } from '@sinclair/typebox/compiler';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { describe, fieldName, type Problem } from '../problem.ts';

/**
 * Where a value breaks its schema: one problem for a field, in the order of the schema.
 *
 * @param field the name of the value
 * @returns no problems if the value satisfies the schema
 */
export function typeProblems(compiled: TypeCheck<TSchema>, value: unknown, field: string): Problem[] {
  if (compiled.Check(value)) return [];
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const error of compiled.Errors(value)) {
    if (seen.has(error.path)) continue;
    seen.add(error.path);
    problems.push({ field: field + fieldName(error.path).slice('spec'.length), message: messageOf(error) });
  }
  return problems;
}

function messageOf(error: ValueError): string {
  if (error.value === undefined) return `is required: set it to ${expected(error.schema)}`;
  const found = `found ${describe(error.value)}`;
  // The type of an error says what its value is.
  switch (error.type) {
    case ValueErrorType.ObjectAdditionalProperties:
      return 'is not known here: correct its name, or remove it';
    case ValueErrorType.StringMinLength:
      return 'must not be empty: give it a value or leave it out';
    case ValueErrorType.StringMaxLength:
      return `may have at most ${error.schema['maxLength']} characters, found ${String(error.value).length}: shorten it`;
    case ValueErrorType.ArrayMinItems:
      return 'must not be empty: list at least one';
    case ValueErrorType.ArrayMaxItems:
      return `may have at most ${error.schema['maxItems']} items, found ${(error.value as unknown[]).length}: remove some`;
    case ValueErrorType.ObjectMaxProperties:
      return `may have at most ${error.schema['maxProperties']} keys, found ${Object.keys(error.value as object).length}: remove some`;
    default:
      return `must be ${expected(error.schema)}, ${found}`;
  }
}

const kinds: Record<string, string> = {
  String: 'a string',
  Boolean: 'true or false',
  Array: 'a list',
  Object: 'an object',
  Record: 'an object',
};

function expected(schema: TSchema): string {
  if (schema.expects) return schema.expects;
  if (schema[Kind] === 'Integer') {
    return `a whole number from ${schema['minimum']} to ${schema['maximum']}`;
  }
  return kinds[schema[Kind]] ?? 'something else';
}
