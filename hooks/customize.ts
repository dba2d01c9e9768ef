import { selectorOf } from './children/metadata.ts';
import { apiName, configMapName } from './children/names.ts';
import type { Context } from './context.ts';
import type { CustomizeAnswer, CustomizeRequest, RelatedRule } from './contract/customize.ts';
import { type BuildDesired, buildDesired } from './desired.ts';
import { identityOf } from './identity.ts';
import { DATABASE_LABEL } from './registry/database/database-label.ts';
import { referencesOf } from './related/references.ts';

/**
 * The customize hook: which objects of others the sync hook wants to see beside the children of a registry. All of it only
 * explains: without, the same children are applied.
 *
 * - its pods, which say why a registry is not ready
 * - the ConfigMaps and PersistentVolumeClaims that it does not start without: they may be missing, and come later
 * - the ConfigMaps of registries that use the same database
 *
 * Metacontroller asks again for each generation, and at least every 20 minutes. It is never asked for a Secret.
 *
 * @param build builds the desired children; a caller may pass one that remembers
 * @returns no rules for a spec with problems, of which nothing is applied, and for a registry that is being deleted
 */
export function customize(
  { parent }: CustomizeRequest,
  { defaults }: Pick<Context, 'defaults'>,
  build: BuildDesired = buildDesired,
): CustomizeAnswer {
  const identity = identityOf(parent);
  if (parent.metadata.deletionTimestamp) return { relatedResources: [] };
  const { children } = build(identity, parent.spec, defaults);
  if (!children) return { relatedResources: [] };

  const { namespace } = identity;
  const { Deployment, ConfigMap } = children.byKind;
  const { configMaps, claims } = referencesOf(Deployment.spec.template.spec, configMapName(identity));
  const database = ConfigMap.metadata.labels?.[DATABASE_LABEL];
  const pods = { matchLabels: selectorOf(apiName(identity)) };
  return {
    relatedResources: [
      { apiVersion: 'v1', resource: 'pods', namespace, labelSelector: pods },
      ...byNames(
        'configmaps',
        namespace,
        configMaps.map(({ name }) => name),
      ),
      ...byNames('persistentvolumeclaims', namespace, claims),
      // Hooks of version 1 are shown those of their own namespace, and others those of all.
      ...(database === undefined
        ? []
        : [
            {
              ...{ apiVersion: 'v1', resource: 'configmaps' },
              labelSelector: { matchLabels: { [DATABASE_LABEL]: database } },
            } as const,
          ]),
    ],
  };
}

/** A rule without names would ask for every object of the namespace. */
const byNames = (resource: string, namespace: string, names: readonly string[]): RelatedRule[] =>
  names.length === 0 ? [] : [{ apiVersion: 'v1', resource, namespace, names: [...names] }];
