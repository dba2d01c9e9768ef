import { describe, type Problem } from '../problem.ts';

/**
 * Claims that would never match. The server lower-cases their names when it loads its configuration, but not those of the
 * claims in a token. Values keep their case.
 */
export const claimProblems = (claims: Readonly<Record<string, unknown>> = {}, field: string): Problem[] =>
  Object.keys(claims)
    .filter((name) => name !== name.toLowerCase())
    .map((name) => ({
      field: `${field}.${name}`,
      message: `must have a name in lower case, found ${describe(name)}: the server lower-cases it, so that it never matches the claim of a token. Use a claim whose name has no capital letters`,
    }));
