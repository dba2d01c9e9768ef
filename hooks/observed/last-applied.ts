import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { pickOwned } from './owned-fields.ts';

const LAST_APPLIED_ANNOTATION = 'metacontroller.k8s.io/last-applied-configuration';
const MANAGER = 'metacontroller';

/**
 * A child as it was last applied: answering it changes nothing, under either apply strategy.
 *
 * Dynamic apply keeps what it applied in an annotation; server-side apply removes that, and tells by
 * `managedFields` what it owns. A child that has neither was adopted and never applied: its identity alone
 * claims nothing of it.
 *
 * @param observed a child as the API server returns it
 */
export function lastApplied(observed: KubernetesObject): Child {
  const applied = fromAnnotation(observed) ?? fromManagedFields(observed) ?? {};
  const { name, namespace } = observed.metadata;
  const { ownerReferences: _, ...metadata } = asObject(applied['metadata']) ?? {};
  return sortKeys({
    ...applied,
    apiVersion: observed.apiVersion,
    kind: observed.kind,
    metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) },
  }) as Child;
}

/** How a child was last applied, as far as it tells. */
export function appliedBy(observed: KubernetesObject): 'dynamic' | 'server-side' | undefined {
  if (observed.metadata.annotations?.[LAST_APPLIED_ANNOTATION]) return 'dynamic';
  return applyEntry(observed) ? 'server-side' : undefined;
}

function fromAnnotation({ metadata }: KubernetesObject): Record<string, unknown> | undefined {
  const text = metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (!text) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    // Somebody edited it by hand. Metacontroller can't use it either, and tells so in an event.
    return undefined;
  }
}

function fromManagedFields(observed: KubernetesObject): Record<string, unknown> | undefined {
  const fields = applyEntry(observed)?.fieldsV1;
  return fields && asObject(pickOwned(observed, fields));
}

const applyEntry = ({ metadata }: KubernetesObject) =>
  metadata.managedFields?.find(
    ({ manager, operation, subresource }) => manager === MANAGER && operation === 'Apply' && !subresource,
  );

function asObject(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
