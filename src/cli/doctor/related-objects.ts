import type { Defaults } from '../../../hooks/context.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { customize } from '../../../hooks/customize.ts';
import type { BuildDesired } from '../../../hooks/desired.ts';
import type { ClusterInput, ReadKind } from './cluster-input.ts';

/** The kinds of the resources that the customize hook asks for. */
const kinds: Readonly<Record<string, ReadKind>> = {
  pods: 'Pod',
  configmaps: 'ConfigMap',
  persistentvolumeclaims: 'PersistentVolumeClaim',
};

/** As many objects as are shown by their labels: a warning names the first of them. */
const LIMIT = 200;

/**
 * The related objects of a request, as Metacontroller would send them where the customize hook is registered, in groups with
 * keys of version 2. A kind that the input does not have was not asked for.
 *
 * @param build builds the desired children
 */
export function relatedObjectsOf(
  { parent }: HookRequest,
  defaults: Defaults,
  cluster: ClusterInput,
  build: BuildDesired,
): Readonly<Record<string, object>> {
  const groups: Record<string, Record<string, unknown>> = {};
  for (const { apiVersion, resource, namespace, names, labelSelector } of customize(
    { parent },
    { defaults },
    build,
  ).relatedResources) {
    const kind = kinds[resource];
    if (!kind || !cluster.hasAll(kind, parent.metadata.namespace)) continue;
    const group = groups[`${kind}.${apiVersion}`] ?? {};
    groups[`${kind}.${apiVersion}`] = group;
    const found = names
      ? names.flatMap((name) => cluster.find(kind, namespace ?? '', name) ?? [])
      : cluster.withLabels(kind, namespace, labelSelector?.matchLabels ?? {}, LIMIT);
    for (const object of found) group[`${object.namespace}/${object.name}`] = object.object;
  }
  return groups;
}
