import type { PodTemplate } from '../children/pod-template.ts';
import { fieldName, type Problem } from '../registry/problem.ts';
import { canonicalPod } from './canonical-pod.ts';
import { mergePodTemplate } from './pod-merge.ts';
import { schemaProblems } from './schema-problems.ts';
import { type JsonObject, PatchError } from './strategic-merge.ts';
import { templateProblems } from './template-problems.ts';

const ROOT = '/podTemplateSpec';

/**
 * The pod template with the user's merged over it, as the API server stores it.
 *
 * @param ours the template without the user's
 * @param user a strategic merge patch, `{}` for none
 * @param base the name that pods are selected by
 */
export function finishTemplate(
  ours: PodTemplate,
  user: JsonObject,
  base: string,
): { readonly template: PodTemplate; readonly problems: readonly Problem[] } {
  try {
    const template = canonicalPod(
      mergePodTemplate(ours as unknown as JsonObject, user),
    ) as unknown as PodTemplate;
    const invalid = schemaProblems('podTemplate', template, ROOT);
    return { template, problems: invalid.length > 0 ? invalid : templateProblems(ours, template, base) };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { template: ours, problems: [{ field: fieldName(ROOT + error.pointer), message: error.message }] };
  }
}
