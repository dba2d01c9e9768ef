import { listOf } from '../../json.ts';
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

/** What is too long is not read any further. */
function partProblems(...[schema, value, pointer, partial]: Parameters<typeof podSchemaProblems>): Problem[] {
  const tooLong = lengthProblems(value, pointer);
  return tooLong.length > 0 ? tooLong : podSchemaProblems(schema, value, pointer, partial);
}
