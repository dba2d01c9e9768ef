import { compile } from '../contract/compile.ts';
import type { Problem } from '../problem.ts';
import { MCPRegistrySpec } from './spec.ts';
import { typeProblems } from './type-problems.ts';

const compiled = compile(MCPRegistrySpec);

/**
 * Where a spec breaks its schema: one problem for a field, in spec order.
 *
 * @param spec the spec as it was posted, of any type
 * @returns no problems if the spec is an `MCPRegistrySpec`
 */
export const schemaProblems = (spec: unknown): Problem[] => typeProblems(compiled, spec, 'spec');
