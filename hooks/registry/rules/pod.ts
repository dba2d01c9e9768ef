import { schemaProblems } from '../../pod/schema-problems.ts';
import type { Problem } from '../../problem.ts';
import { duplicates, type Fields, listOf } from './parts.ts';

/** What goes into the pod as it is has to be what a pod may hold. */
export function podProblems({ volumes, volumeMounts, podTemplateSpec }: Fields): Problem[] {
  return [
    ...listOf(volumes).flatMap((volume, index) => schemaProblems('volume', volume, `/volumes/${index}`)),
    ...duplicates(listOf(volumes), 'name', 'spec.volumes'),
    ...listOf(volumeMounts).flatMap((mount, index) =>
      schemaProblems('volumeMount', mount, `/volumeMounts/${index}`),
    ),
    ...duplicates(listOf(volumeMounts), 'mountPath', 'spec.volumeMounts'),
    ...(podTemplateSpec === undefined
      ? []
      : schemaProblems('podTemplate', podTemplateSpec, '/podTemplateSpec', true)),
  ];
}
