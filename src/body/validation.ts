import type { TSchema } from '@sinclair/typebox';
import type { ValueError } from '@sinclair/typebox/compiler';
import type { FastifySchemaCompiler } from 'fastify';
import { compile } from '../../hooks/contract/compile.ts';
import { truncate } from '../observability/truncate.ts';
import { RequestError } from '../request-error.ts';

/**
 * Validates bodies as they are, without coercing or removing anything, and stops at the first wrong field: a large body
 * can have millions of them.
 */
export const validateBody: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = compile(schema);
  return (value: unknown) => {
    if (check.Check(value)) return { value };
    const first = check.Errors(value).First();
    return {
      error: first === undefined ? new Error('the body is wrong, but no field is') : wrongField(first),
    };
  };
};

function wrongField(error: ValueError): RequestError {
  const field = truncate(error.path);
  const message = `${field || 'The body'}: ${expectation(error)}`;
  return new RequestError(400, message, { kind: 'wrong field', field });
}

function expectation({ schema, message }: ValueError): string {
  const alternatives: TSchema[] = schema['anyOf'] ?? [];
  const literals = alternatives.flatMap((each) =>
    each['const'] === undefined ? [] : [`'${each['const']}'`],
  );
  return literals.length > 0 ? `Expected ${literals.join(' or ')}` : message;
}
