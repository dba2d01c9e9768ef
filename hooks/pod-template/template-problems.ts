import type { PodTemplate } from '../children/pod-template.ts';
import type { Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { containerProblems } from './container-problems.ts';
import { deploymentProblems } from './deployment-problems.ts';
import { lifecycleProblems } from './lifecycle-problems.ts';
import { mountProblems } from './mount-problems.ts';
import { oneOfProblems } from './one-of-problems.ts';
import { podSpecOf } from './template-parts.ts';
import { UserFields, type UserParts } from './user-fields.ts';
import { volumeProblems } from './volume-problems.ts';

/**
 * What would break the registry in a merged template, although it is valid against the schema of a PodTemplateSpec.
 *
 * @param own the template without the user's parts
 * @param merged the template with all of the user's parts
 * @param user the user's parts, for the names of fields
 * @param unknown what both templates lack, because the spec has problems there; rules that depend on it are skipped
 * @returns problems in no particular order; the first one of a field says most
 */
export function templateProblems(
  own: PodTemplate,
  merged: PodTemplate,
  user: UserParts,
  unknown: Unknown,
): Problem[] {
  const before = podSpecOf(own);
  const after = podSpecOf(merged);
  const fields = new UserFields(user);
  return [
    ...deploymentProblems(own, merged, unknown),
    ...oneOfProblems(after, fields),
    ...lifecycleProblems(after, fields),
    ...containerProblems(before, after, fields, unknown),
    ...volumeProblems(before, after, fields),
    ...mountProblems(before, after, fields, unknown),
  ];
}
