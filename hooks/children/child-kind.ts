import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import type { Identity } from '../identity.ts';
import type { Registry } from '../registry/registry.ts';
import type { CollisionRule } from './collision-rule.ts';
import type { PodTemplate } from './pod-template.ts';

/** What a registry asks for a kind with, and how that kind is registered with Metacontroller. */
export interface OptionalKind {
  /** The field of the spec that asks for it. */
  readonly field: string;
  /** The kustomize component that registers it, a folder of manifests/components. */
  readonly component: string;
}

/** What children are built from. */
export interface BuildInput {
  readonly identity: Identity;
  readonly registry: Registry;
  /** The pod template, with the user's merged over it, in the form in which the API server stores it, with sorted keys. */
  readonly template: PodTemplate;
}

/**
 * Everything that the hooks know of one kind of child. A kind is one file that exports such an object, and one row in
 * `child-kinds.ts`.
 *
 * @template Built the child as it is built, or undefined where the spec does not ask for one
 * @template Observed an observed child, as far as it is read
 * @template Others the children of other kinds that `isAsDesired` looks at
 */
export interface ChildKindRow<
  Built extends Child | undefined,
  Observed extends KubernetesObject = KubernetesObject,
  Others = unknown,
> {
  readonly apiVersion: NonNullable<Built>['apiVersion'];
  /** The plural name of its resource, in lower case. */
  readonly resource: string;
  readonly nameOf: (identity: Identity) => string;
  /** Only the fields that this project owns, each in the form in which the API server stores it, with sorted keys. */
  readonly build: (input: BuildInput) => Built;
  /** Reads an observed child: a field that does not have the type that it is read as counts as absent. */
  readonly read: (object: KubernetesObject) => Observed;
  /** Whether a child that exists, and is not being deleted, is as desired; the rollout of a Deployment is not part of it. */
  readonly isAsDesired: (observed: Observed, desired: NonNullable<Built>, others: Others) => boolean;
  readonly repair?: RepairRules<NonNullable<Built>>;
  /** Set for a kind that not every cluster has, or that not everyone lets Metacontroller watch: a registry serves without it. */
  readonly optional?: OptionalKind;
  /** Whether it is deleted before all others when the registry is deleted. */
  readonly deletedFirst?: true;
  /** The field of the spec that is to blame if the child is too big; `spec` if left out. */
  readonly sizeField?: (registry: Registry) => string;
}

/** What of a kind a merge can't make as desired, and what to do about it. */
export interface RepairRules<Desired extends Child = Child> {
  /**
   * The desired child with what of the observed one stays as it is, although the spec does not name it: to stop applying it
   * would reset it.
   */
  readonly keep?: (observed: KubernetesObject, desired: Desired) => Desired;
  /** Why only a new object can be as desired: a field differs that the API server lets nobody change. */
  readonly whyUnchangeable?: (observed: KubernetesObject, desired: Desired) => string | undefined;
  /** Where something that somebody else set can collide with ours. */
  readonly collisions?: CollisionRule;
  /** The lists of ports that dynamic apply merges. */
  readonly portLists?: (observed: KubernetesObject, desired: Desired) => readonly unknown[];
  /** Whether it is left as it is where only deleting it would help. */
  readonly neverRecreated?: true;
}
