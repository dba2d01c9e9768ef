import { objectOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { authProblems } from './rules/auth.ts';
import { databaseProblems } from './rules/database.ts';
import { pathProblems } from './rules/path.ts';
import { podProblems } from './rules/pod.ts';
import { entryProblems, sourceProblems } from './rules/source.ts';

/**
 * The rules that a schema can't tell: which fields go together, and that names are unique and known. They are
 * asked of each part of the spec that satisfies its own schema, so that all that is wrong is told at once.
 *
 * @param spec the spec as it was posted, of any type
 */
export function ruleProblems(spec: unknown): Problem[] {
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return [];
  const fields = objectOf(spec);
  const rules = [pathProblems, sourceProblems, entryProblems, databaseProblems, authProblems, podProblems];
  return rules.flatMap((rule) => rule(fields));
}
