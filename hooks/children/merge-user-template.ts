import type { JsonObject } from '../json.ts';
import { canonicalPod } from '../pod/canonical-pod.ts';
import { mergePodTemplate } from '../pod/pod-merge.ts';
import { schemaProblems } from '../pod/schema-problems.ts';
import { PatchError } from '../pod/strategic-merge.ts';
import { fieldName, type Problem } from '../problem.ts';
import { nothingUnknown, type Unknown } from '../registry/registry.ts';
import { CONTAINER, type PodTemplate } from './pod-template.ts';
import { podSpecOf } from './template-parts.ts';

const ROOT = '/podTemplateSpec';
/** Which container `kubectl logs` and `kubectl exec` mean when none is named. */
const DEFAULT_CONTAINER_ANNOTATION = 'kubectl.kubernetes.io/default-container';

/**
 * The pod template with the user's merged over it, as the API server stores it.
 *
 * @param ours the template without the user's patch
 * @param patch a strategic merge patch, `{}` for none
 * @param unknown what `ours` lacks: what the patch leaves out may be in it
 * @returns problems instead of a template if the patch can't be applied, or gives no pod template
 */
export function mergeUserTemplate(
  ours: PodTemplate,
  patch: JsonObject,
  unknown: Unknown = nothingUnknown,
):
  | { readonly template: PodTemplate; readonly problems?: never }
  | { readonly template?: never; readonly problems: readonly Problem[] } {
  // Ours alone is valid, and so is what the rules of the spec let into it.
  if (Object.keys(patch).length === 0) return { template: withDefaultContainer(canonicalPod(ours)) };
  try {
    const merged = canonicalPod(mergePodTemplate(ours as unknown as JsonObject, patch));
    const partial = unknown.volumes || unknown.variables || unknown.pgpass;
    const problems = schemaProblems('podTemplate', merged, ROOT, partial);
    return problems.length > 0
      ? { problems }
      : { template: withDefaultContainer(merged as unknown as PodTemplate) };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { problems: [{ field: fieldName(ROOT + error.pointer), message: error.message }] };
  }
}

/** A merge puts what is added first, and people mean the registry server. */
function withDefaultContainer(template: PodTemplate): PodTemplate {
  const annotations = template.metadata?.annotations ?? {};
  if ((podSpecOf(template).containers ?? []).length < 2 || DEFAULT_CONTAINER_ANNOTATION in annotations)
    return template;
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: { ...annotations, [DEFAULT_CONTAINER_ANNOTATION]: CONTAINER },
    },
  };
}
