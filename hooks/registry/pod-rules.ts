import { type JsonObject, listOf } from '../json.ts';
import { lengthProblems } from '../pod/length-problems.ts';
import { schemaProblems } from '../pod/schema-problems.ts';
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

/** What is too long is not read any further. */
function partProblems(...[schema, value, pointer, partial]: Parameters<typeof schemaProblems>) {
  const tooLong = lengthProblems(value, pointer);
  return tooLong.length > 0 ? tooLong : schemaProblems(schema, value, pointer, partial);
}
