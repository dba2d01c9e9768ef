import { Kind, type TSchema } from '@sinclair/typebox';
import { type ValueError, ValueErrorType } from '@sinclair/typebox/errors';
import { compile } from '../contract/compile.ts';
import { describe, fieldName, type Problem } from '../problem.ts';
import { MCPRegistrySpec } from './spec.ts';

const compiled = compile(MCPRegistrySpec);

/**
 * Where a spec breaks its schema: one problem for a field, in spec order.
 *
 * @param spec the spec as it was posted, of any type
 * @returns no problems if the spec is an `MCPRegistrySpec`
 */
export function schemaProblems(spec: unknown): Problem[] {
  if (compiled.Check(spec)) return [];
  const seen = new Set<string>();
  const problems: Problem[] = [];
  for (const error of compiled.Errors(spec)) {
    if (seen.has(error.path)) continue;
    seen.add(error.path);
    problems.push({ field: fieldName(error.path), message: messageOf(error) });
  }
  return problems;
}

function messageOf(error: ValueError): string {
  if (error.value === undefined) return `is required: set it to ${expected(error.schema)}`;
  const found = `found ${describe(error.value)}`;
  // The type of an error says what its value is.
  switch (error.type) {
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
