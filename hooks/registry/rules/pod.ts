import { listOf } from '../../json.ts';
import { canonicalPod } from '../../pod/canonical-pod.ts';
import { lengthProblems } from '../../pod/length-problems.ts';
import { podSchemaProblems } from '../../pod/pod-schema-problems.ts';
import type { Problem } from '../../problem.ts';
import { duplicates, type Fields } from './parts.ts';

/** What goes into the pod as it is has to be what a pod may hold. */
export function podProblems({ volumes, volumeMounts, podTemplateSpec }: Fields): Problem[] {
  return [
    ...listOf(volumes).flatMap((volume, index) => partProblems('volume', volume, `/volumes/${index}`)),
    ...duplicates(listOf(volumes), 'name', 'spec.volumes'),
    ...listOf(volumeMounts).flatMap((mount, index) =>
      partProblems('volumeMount', mount, `/volumeMounts/${index}`),
    ),
    ...duplicates(listOf(volumeMounts), 'mountPath', 'spec.volumeMounts'),
    ...(podTemplateSpec === undefined
      ? []
      : partProblems('podTemplate', podTemplateSpec, '/podTemplateSpec', true)),
  ];
}

/**
 * Texts that are too long are not read any further. The API server drops empty fields, so a field that is required must
 * not be empty; a patch is checked after it is merged.
 */
function partProblems(...[schema, value, pointer, partial]: Parameters<typeof podSchemaProblems>): Problem[] {
  const tooLong = lengthProblems(value, pointer);
  if (tooLong.length > 0) return tooLong;
  const problems = podSchemaProblems(schema, value, pointer, partial);
  return problems.length > 0 || partial ? problems : podSchemaProblems(schema, canonicalPod(value), pointer);
}
