import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import { sha256OfJson } from '../text/hash.ts';
import { metadataOf, selectorOf } from './metadata.ts';
import { apiName } from './names.ts';
import type { PodTemplate } from './pod-template.ts';

/** Tells whether an observed Deployment is the one that was asked for, whatever defaulting made of its template. */
export const TEMPLATE_HASH_ANNOTATION = 'toolhive.stacklok.dev/template-hash';

/**
 * The Deployment of the registry server. It has no `replicas`: the API server says 1, and an autoscaler or
 * `kubectl scale` may say something else.
 */
export function buildDeployment(identity: Identity, template: PodTemplate): Child {
  const name = apiName(identity);
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(name, identity, { [TEMPLATE_HASH_ANNOTATION]: sha256OfJson(template) }),
    spec: { selector: { matchLabels: selectorOf(name) }, template },
  };
}
