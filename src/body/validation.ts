import type { TSchema } from '@sinclair/typebox';
import type { ValueError } from '@sinclair/typebox/compiler';
import type { FastifySchemaCompiler } from 'fastify';
import { compile } from '../../hooks/contract/compile.ts';
import { shorten } from '../observability/shorten.ts';

/** A body of the wrong shape. */
export class WrongField extends Error {
  override readonly name = 'WrongField';
  readonly statusCode = 400;
  /**
   * A JSON pointer (RFC 6901) to the first wrong field: `/parent/metadata/name`; empty for the body itself. Of one with
   * more than 200 characters, the middle is left out.
   */
  readonly field: string;

  constructor(error: ValueError) {
    const field = shorten(error.path);
    super(`${field || 'The body'}: ${expectation(error)}`);
    this.field = field;
  }
}

/**
 * Checks bodies as they are, without coercing or removing anything, and stops at the first wrong field: a body
 * of megabytes can hold a wrong field for each of its bytes.
 */
export const checkBody: FastifySchemaCompiler<TSchema> = ({ schema }) => {
  const check = compile(schema);
  return (value: unknown) => {
    if (check.Check(value)) return { value };
    const first = check.Errors(value).First();
    return {
      error: first === undefined ? new Error('a wrong body without a wrong field') : new WrongField(first),
    };
  };
};

function expectation({ schema, message }: ValueError): string {
  const alternatives: TSchema[] = schema['anyOf'] ?? [];
  const literals = alternatives.flatMap((each) =>
    each['const'] === undefined ? [] : [`'${each['const']}'`],
  );
  return literals.length > 0 ? `Expected ${literals.join(' or ')}` : message;
}
