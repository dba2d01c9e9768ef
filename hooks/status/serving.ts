import {
  type ChildKind,
  type Children,
  childKinds,
  kindsOfChildren,
  type ObservedByKind,
} from '../children/child-kinds.ts';
import {
  type DesiredDeployment,
  hasDesiredTemplate,
  type ObservedDeployment,
  podsOf,
} from '../children/deployment.ts';

/** A child that is missing or not as desired. */
export interface AwaitedChild {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** The children that are missing or not as desired, the rollout of the Deployment aside. */
export function awaitedChildren(children: Children): AwaitedChild[] {
  return kindsOfChildren.flatMap((kind) => awaitedChild(kind, children));
}

function awaitedChild<K extends ChildKind>(kind: K, children: Children): AwaitedChild[] {
  const desired = children.desired[kind];
  if (!desired || childAsDesired(kind, children)) return [];
  const { name, namespace } = desired.metadata;
  return [{ kind, name, namespace }];
}

/** The child of a kind, if it exists and is as desired: of another one, the status is about something else. */
export function childAsDesired<K extends ChildKind>(
  kind: K,
  children: Children,
): ObservedByKind[K] | undefined {
  const desired = children.desired[kind];
  const observed = children.observed[kind];
  return desired && observed && childKinds[kind].isAsDesired(observed, desired, children)
    ? observed
    : undefined;
}

/** Whether no pod of an older template is left, and one pod at least is ready. */
export function isRolledOut({ observed, desired }: Children): boolean {
  const { Deployment } = observed;
  if (!Deployment || !isStatusOfDesired(Deployment, desired.Deployment)) return false;
  const { replicas = 0, updatedReplicas = 0 } = Deployment.status ?? {};
  return replicas === updatedReplicas && podsOf(Deployment).ready >= 1;
}

/** Whether a Deployment has the desired template and its controller has seen that, so that its status is about it. */
export function isStatusOfDesired(observed: ObservedDeployment, desired: DesiredDeployment): boolean {
  const { metadata, status } = observed;
  return (
    hasDesiredTemplate(observed, desired) && (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0)
  );
}
