import {
  type ChildKind,
  childKinds,
  isOptional,
  kindsOfChildren,
} from '../../../hooks/children/child-kinds.ts';
import type { Defaults } from '../../../hooks/context.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { type BuildDesired, buildDesired, type Desired } from '../../../hooks/desired.ts';
import { objectOf, textOf } from '../../../hooks/json.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { type Decision, decideSync } from '../../../hooks/sync.ts';
import { type ChildrenByOwner, requestFor } from '../hook-request.ts';
import type { InputObject } from '../input/read-input.ts';
import { type ClusterInput, labelsOf, metadataOf } from './cluster-input.ts';
import type { Controller } from './controllers.ts';
import { settingsFor } from './hook-settings.ts';
import { relatedObjectsOf } from './related-objects.ts';

/** What the hook would decide about a registry. */
export interface Decided {
  readonly request: HookRequest;
  /** As it decides without the customize hook. */
  readonly plain: Decision;
  /** As it decides where it is shown all that the input has. */
  readonly decision: Decision;
  /** As it decides at another moment, in both ways. */
  readonly at: (moment: Date) => readonly Decision[];
  /** Whether the pods are in the input, so that it can say why they are not ready. */
  readonly seesPods: boolean;
  /** Whether every child that it asks for is of a kind that the input has, as far as that kind is registered. */
  readonly seesKinds: boolean;
}

export type DecidedOrNot =
  | { readonly decided: Decided; readonly problems?: never }
  | { readonly decided?: never; readonly problems: readonly Problem[] };

/**
 * @param controller that looks at the registry; undefined if none does, or that is not known
 * @param defaults the settings of this program
 */
export function decide(
  registry: InputObject,
  children: ChildrenByOwner,
  controller: Controller | undefined,
  cluster: ClusterInput,
  defaults: Defaults,
  now: Date,
): DecidedOrNot {
  const asRegistered = withVersion(registry, controller);
  const kinds = kindsOf(registry, controller, cluster);
  const { request: bare, problems } = requestFor(asRegistered, claimed(registry, children), kinds);
  if (problems) return { problems };
  const build = rememberedBuild();
  const settings = settingsFor(bare, defaults, build);
  const decideAt = (shown: HookRequest, moment: Date) =>
    decideSync(shown, { defaults: settings, now: moment }, build);
  const plain = decideAt(bare, now);
  const related = relatedObjectsOf(bare, settings, cluster, build);
  const request = { ...bare, related };
  const decision = decideAt(request, now);
  const at = (moment: Date) => [decideAt(bare, moment), decideAt(request, moment)];
  const unseen = (decision.desired?.warnings ?? []).filter(
    ({ reason, field }) => reason === 'KindNotRegistered' && !isUnregistered(field, controller),
  );
  const seesPods = Object.hasOwn(related, 'Pod.v1');
  const seesKinds = unseen.length === 0;
  return { decided: { request, plain, decision, at, seesPods, seesKinds } };
}

/** Whether the kind that a field asks for is known not to be registered: it may just not be in the input. */
export const isUnregistered = (asked: string, controller: Controller | undefined): boolean =>
  controller !== undefined && !controller.kinds.some((kind) => childKinds[kind].optional?.field === asked);

/** Builds the children of one registry once for each of the settings and kinds that it is asked for. */
function rememberedBuild(): BuildDesired {
  const built: { readonly defaults: Defaults; readonly kinds: string; readonly desired: Desired }[] = [];
  return (identity, spec, defaults, registered) => {
    const kinds = registered?.join() ?? 'all';
    const found = built.find((each) => each.defaults === defaults && each.kinds === kinds);
    if (found) return found.desired;
    const desired = buildDesired(identity, spec, defaults, registered);
    built.push({ defaults, kinds, desired });
    return desired;
  };
}

/**
 * A registry in the version in which the hook is shown it, which its phase depends on: kubectl shows the newest one. Where
 * the controller is not known, the phase that was written tells.
 */
function withVersion(registry: InputObject, controller: Controller | undefined): InputObject {
  const { phase } = objectOf(registry.object['status']);
  const registered = controller?.isOurVersion ? controller.apiVersion : undefined;
  const apiVersion =
    registered ?? (phase === 'Running' ? 'toolhive.stacklok.dev/v1alpha1' : registry.apiVersion);
  return { ...registry, apiVersion, object: { ...registry.object, apiVersion } };
}

/** The kinds that are registered and in the input: an optional one that nobody asked kubectl for would seem to be missing. */
function kindsOf(
  { namespace }: InputObject,
  controller: Controller | undefined,
  cluster: ClusterInput,
): readonly ChildKind[] {
  return kindsOfChildren.filter(
    (kind) =>
      (!isOptional(kind) || cluster.hasAll(kind, namespace)) &&
      (controller === undefined || controller.kinds.includes(kind)),
  );
}

/** The children that Metacontroller finds: owned, and labelled (docs/design.md, "Metacontroller"). */
function claimed(registry: InputObject, children: ChildrenByOwner): readonly InputObject[] {
  const uid = textOf(metadataOf(registry)['uid']);
  return children.of(registry).filter((child) => uid === '' || labelsOf(child)['controller-uid'] === uid);
}
