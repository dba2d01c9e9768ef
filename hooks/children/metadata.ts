import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { clip } from '../text/clip.ts';

const COMPONENT = 'registry-api';
/** The name of the registry that a child belongs to. */
export const REGISTRY_LABEL = 'toolhive.stacklok.io/registry-name';

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
const LABEL_VALUE_LIMIT = 63;

/**
 * The labels of a child, and of the pods.
 *
 * @param base the child's own name, which a label's value may have to cut short
 */
export function labelsOf(base: string, { name }: Identity): Record<string, string> {
  return {
    'app.kubernetes.io/component': COMPONENT,
    'app.kubernetes.io/managed-by': 'mcpregistry-hook',
    'app.kubernetes.io/name': clip(base, LABEL_VALUE_LIMIT),
    [REGISTRY_LABEL]: name,
  };
}

/** What selects the pods. A Deployment's selector is immutable, so this may never change. */
export function selectorOf(base: string): Record<string, string> {
  return { 'app.kubernetes.io/component': COMPONENT, 'app.kubernetes.io/name': base };
}

/** What selects the pods, as text: `a=b,c=d`. */
export const podSelector = (base: string): string =>
  Object.entries(selectorOf(base))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

/** @param annotations in any order */
export function metadataOf(
  name: string,
  identity: Identity,
  annotations: Readonly<Record<string, string>> = {},
): Child['metadata'] {
  return {
    ...(Object.keys(annotations).length > 0 ? { annotations: sortKeys(annotations) } : {}),
    labels: labelsOf(name, identity),
    name,
    namespace: identity.namespace,
  };
}
