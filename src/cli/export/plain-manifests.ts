import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { type JsonObject, objectOf } from '../../../hooks/json.ts';
import type { Exportable } from './exportable.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';

/**
 * The children of a registry, to be kept without any controller. Nothing in the pod template is other than the hook makes it,
 * so that no pod rolls. Of the objects, what says that the hook has them is left out.
 */
export const plainManifests = ({ all }: Exportable): readonly JsonObject[] =>
  all.map((child) => {
    const { labels, annotations, ...metadata } = objectOf(child.metadata);
    const { [MANAGED_BY]: _, ...ownLabels } = objectOf(labels);
    const { [TEMPLATE_HASH_ANNOTATION]: __, ...ownAnnotations } = objectOf(annotations);
    return {
      ...child,
      metadata: {
        ...(Object.keys(ownAnnotations).length > 0 ? { annotations: ownAnnotations } : {}),
        labels: ownLabels,
        ...metadata,
      },
    };
  });

/** What somebody should know before they keep them. */
export const aboutPlainManifests: readonly string[] = [
  'Manifests of MCP registry servers, to be kept without any controller. To go over to them without a gap: kubectl delete mcpregistry <name> --cascade=orphan, and then kubectl apply -f this file. No pod rolls; only those of a registry that was taken over from the ToolHive operator roll once, because their lists are in another order.',
  'What is lost: the status and kubectl wait; the check of each change, and that a wrong one leaves what runs unchanged. A changed config.yaml rolls no pod by itself: change the annotation toolhive.stacklok.dev/config-hash of the pod template with it.',
];
