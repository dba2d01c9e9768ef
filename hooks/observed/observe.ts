import type { DesiredChildren } from '../children/build-children.ts';
import {
  type ChildKind,
  childKinds,
  groupKey,
  kindsOfChildren,
  type ObservedByKind,
} from '../children/child-kinds.ts';
import { type PodCounts, podsOf } from '../children/deployment.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import type { ObservedGroups } from '../contract/request.ts';
import type { Identity } from '../identity.ts';

/** The children of a registry as the API server has them. */
export interface Observed {
  /** The children that exist and are not being deleted. */
  readonly byKind: ObservedByKind;
  /** The pods of the Deployment, also while it is being deleted. */
  readonly pods: PodCounts;
}

/** Objects are identified by their own name and not by the key they are sent under, which differs between v1 and v2 hooks. */
export function observe(groups: ObservedGroups, identity: Identity): Observed {
  const find = (kind: ChildKind) => {
    const name = childKinds[kind].nameOf(identity);
    return Object.values(groups[groupKey(kind)] ?? {}).find(({ metadata }) => metadata.name === name);
  };
  const byKind: { -readonly [K in ChildKind]?: ObservedByKind[K] } = {};
  const read = <K extends ChildKind>(kind: K) => {
    const found = find(kind);
    if (found && isStaying(found)) byKind[kind] = childKinds[kind].read(found);
  };
  for (const kind of kindsOfChildren) read(kind);

  const leaving = byKind.Deployment ? undefined : find('Deployment');
  return {
    byKind,
    pods: podsOf(byKind.Deployment ?? (leaving && childKinds.Deployment.read(leaving))),
  };
}

/** Whether a child that should exist does not, or is being deleted. */
export const isMissingChildren = ({ byKind }: Observed, desired: DesiredChildren): boolean =>
  kindsOfChildren.some((kind) => desired.byKind[kind] !== undefined && byKind[kind] === undefined);

const isStaying = ({ metadata }: KubernetesObject) =>
  metadata['deletionTimestamp'] === undefined || metadata['deletionTimestamp'] === null;

/** Every object of every group, also those that are being deleted, in an order that does not depend on keys. */
export const allObserved = (groups: ObservedGroups): KubernetesObject[] =>
  Object.entries(groups)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, group]) =>
      Object.values(group ?? {}).sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1)),
    );
