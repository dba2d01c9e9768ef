import type { ObservedGroups } from '../contract/request.ts';
import type { Registry } from '../registry/registry.ts';
import type { ChildKindRow } from './child-kind.ts';
import { configMap } from './config-map.ts';
import { deployment } from './deployment.ts';
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { httpRoute } from './http-route.ts';
import { ingress } from './ingress.ts';
import { networkPolicy } from './network-policy.ts';
import { podDisruptionBudget } from './pod-disruption-budget.ts';
import { podMonitor } from './pod-monitor.ts';
import { role } from './role.ts';
import { roleBinding } from './role-binding.ts';
import { service } from './service.ts';
import { serviceAccount } from './service-account.ts';

/**
 * The kinds of children, in the order in which they are applied: the Deployment comes after what its pods need, so that
 * the first pods find it.
 */
const rows = {
  ConfigMap: configMap,
  ServiceAccount: serviceAccount,
  Role: role,
  RoleBinding: roleBinding,
  NetworkPolicy: networkPolicy,
  Deployment: deployment,
  Service: service,
  PodDisruptionBudget: podDisruptionBudget,
  HorizontalPodAutoscaler: horizontalPodAutoscaler,
  HTTPRoute: httpRoute,
  Ingress: ingress,
  PodMonitor: podMonitor,
};
type Rows = typeof rows;

export type ChildKind = keyof Rows;

type Builds = { readonly [K in ChildKind]: ReturnType<Rows[K]['build']> };
/** The children of a registry as they should be, by kind; undefined where it should have none of that kind. */
export type DesiredByKind = {
  readonly [K in ChildKind]:
    | (NonNullable<Builds[K]> & { readonly kind: K })
    | (undefined extends Builds[K] ? undefined : never);
};

type Reads = { readonly [K in ChildKind]: ReturnType<Rows[K]['read']> };
/** The children of a registry as they are, by kind; one that does not exist, or is being deleted, is left out. */
export type ObservedByKind = { readonly [K in ChildKind]?: Reads[K] };

/** All children of a registry, as they should be and as they are. */
export interface Children {
  readonly desired: DesiredByKind;
  readonly observed: ObservedByKind;
}

type Table = { readonly [K in ChildKind]: ChildKindRow<DesiredByKind[K], Reads[K], Children> };

/** The table of child kinds. Whatever has to be done for each kind is derived from it. */
export const childKinds: Table = rows;

export const isChildKind = (kind: string): kind is ChildKind => Object.hasOwn(childKinds, kind);

/** The kinds in the order of the table. */
export const kindsOfChildren: readonly ChildKind[] = Object.keys(childKinds).filter(isChildKind);

/** The key of the group in which Metacontroller sends the observed children of a kind. */
export const groupKey = (kind: ChildKind): string => `${kind}.${childKinds[kind].apiVersion}`;

/** The kinds that a registry serves without. */
export const optionalKinds: readonly ChildKind[] = kindsOfChildren.filter(
  (kind) => childKinds[kind].optional !== undefined,
);

/** Whether a registry serves without children of this kind. */
export const isOptional = (kind: string): boolean => isChildKind(kind) && optionalKinds.includes(kind);

/**
 * The optional kinds that are registered with Metacontroller: a request has a group for each registered kind, also an
 * empty one.
 */
export const registeredKinds = (groups: ObservedGroups): readonly ChildKind[] =>
  optionalKinds.filter((kind) => Object.hasOwn(groups, groupKey(kind)));

/** That children of an optional kind are not applied, and what to do, as a sentence without a full stop. */
export const notManaged = (kind: ChildKind): string =>
  `Metacontroller does not manage objects of kind ${kind} here: apply the component manifests/components/${childKinds[kind].optional?.component}`;

/** Whether objects of a kind are deleted before all others when the registry is deleted. */
export const isDeletedFirst = (kind: string): boolean =>
  isChildKind(kind) && childKinds[kind].deletedFirst === true;

/** The field of the spec that is to blame if a child is too big, by kind. */
export const sizeFields = (registry: Registry): Readonly<Record<string, string>> =>
  Object.fromEntries(kindsOfChildren.map((kind) => [kind, childKinds[kind].sizeField?.(registry) ?? 'spec']));
