import { CONTAINER, type PodTemplate } from '../children/pod-template.ts';
import type { JsonObject } from '../json.ts';
import { canonicalPod } from '../pod/canonical-pod.ts';
import { mergePodTemplate } from '../pod/pod-merge.ts';
import { podSchemaProblems } from '../pod/pod-schema-problems.ts';
import { PatchError } from '../pod/strategic-merge.ts';
import { fieldName, type Problem } from '../problem.ts';
import { nothingUnknown, type Unknown } from '../registry/registry.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { podSpecOf } from './template-parts.ts';

/** JSON pointer to the user's pod template below the spec. */
const POINTER = '/podTemplateSpec';
/** The container that `kubectl logs` and `kubectl exec` use when none is named. */
const DEFAULT_CONTAINER_ANNOTATION = 'kubectl.kubernetes.io/default-container';

/**
 * Merges the user's pod template over ours, and gives the result the form in which the API server stores it.
 *
 * @param ours the template without the user's patch
 * @param patch a strategic merge patch, `{}` for none
 * @param unknown what `ours` lacks; fields that the patch leaves out may be in it
 * @returns problems instead of a template if the patch can't be applied or the result is not a pod template
 */
export function mergeUserTemplate(
  ours: PodTemplate,
  patch: JsonObject,
  unknown: Unknown = nothingUnknown,
):
  | { readonly template: PodTemplate; readonly problems?: never }
  | { readonly template?: never; readonly problems: readonly Problem[] } {
  // Ours is valid on its own, and so are the parts of the spec that the rules let into it.
  if (Object.keys(patch).length === 0) return { template: withDefaultContainer(canonicalPod(ours)) };
  try {
    // An interface has no index signature, so TypeScript does not take it for a JsonObject.
    const merged = canonicalPod(mergePodTemplate(ours as unknown as JsonObject, patch));
    const partial = unknown.volumes || unknown.variables || unknown.pgpass;
    const problems = podSchemaProblems('podTemplate', merged, POINTER, partial);
    // Without problems, it satisfies the schema of a pod template.
    return problems.length > 0
      ? { problems }
      : { template: withDefaultContainer(merged as unknown as PodTemplate) };
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    return { problems: [{ field: fieldName(POINTER + error.pointer), message: error.message }] };
  }
}

/** A merge puts added containers first, where kubectl would use them instead of the registry server. */
function withDefaultContainer(template: PodTemplate): PodTemplate {
  const annotations = template.metadata?.annotations ?? {};
  if ((podSpecOf(template).containers ?? []).length < 2 || DEFAULT_CONTAINER_ANNOTATION in annotations)
    return template;
  return {
    ...template,
    metadata: sortKeys({
      ...template.metadata,
      annotations: { ...annotations, [DEFAULT_CONTAINER_ANNOTATION]: CONTAINER },
    }),
  };
}
