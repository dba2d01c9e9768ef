import { type JsonObject, listOf } from '../json.ts';
import { canonicalPod } from '../pod/canonical-pod.ts';
import { lengthProblems } from '../pod/length-problems.ts';
import { podSchemaProblems } from '../pod/pod-schema-problems.ts';
import type { Rule } from './rule.ts';

/** What goes into the pod as it is has to be what a pod may hold. CEL does not see into free-form fields. */
export const podRules: readonly Rule<JsonObject>[] = [
  {
    check: ({ volumes }) =>
      listOf(volumes).flatMap((volume, index) => partProblems('volume', volume, `/volumes/${index}`)),
  },
  {
    check: ({ volumeMounts }) =>
      listOf(volumeMounts).flatMap((mount, index) =>
        partProblems('volumeMount', mount, `/volumeMounts/${index}`),
      ),
  },
  {
    check: ({ podTemplateSpec }) =>
      podTemplateSpec === undefined
        ? []
        : partProblems('podTemplate', podTemplateSpec, '/podTemplateSpec', true),
  },
];

/**
 * Texts that are too long are not read any further. The API server drops empty fields, so a field that is required must
 * not be empty; a patch is checked after it is merged.
 */
function partProblems(...[schema, value, pointer, partial]: Parameters<typeof podSchemaProblems>) {
  const tooLong = lengthProblems(value, pointer);
  if (tooLong.length > 0) return tooLong;
  const problems = podSchemaProblems(schema, value, pointer, partial);
  return problems.length > 0 || partial ? problems : podSchemaProblems(schema, canonicalPod(value), pointer);
}
