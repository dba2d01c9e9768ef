import { accountProblems } from './children/account.ts';
import { buildChildren, type DesiredChildren } from './children/build-children.ts';
import { type ChildKind, childKinds, notManaged, optionalKinds, sizeFields } from './children/child-kinds.ts';
import { nameProblems } from './children/names.ts';
import { buildPodTemplate, type PodTemplate } from './children/pod-template.ts';
import { sizeProblems } from './children/size-problems.ts';
import type { Defaults } from './context.ts';
import type { Identity } from './identity.ts';
import { mergeUserTemplate } from './pod-template/merge-user-template.ts';
import { templateProblems } from './pod-template/template-problems.ts';
import type { Problem } from './problem.ts';
import { mergeFragments } from './registry/pod-fragment.ts';
import { sortBySpecOrder } from './registry/problem-order.ts';
import { nothingUnknown, type Registry, readRegistry, type Unknown } from './registry/registry.ts';
import { type Warning, warnAbout } from './registry/warning.ts';

/** What a spec asks for: children, or the problems that keep it from being applied, in spec order. */
export type Desired =
  | {
      readonly children: DesiredChildren;
      /** What the server does with the spec that most people would not expect. */
      readonly warnings: readonly Warning[];
      readonly problems?: never;
    }
  | { readonly children?: never; readonly warnings?: never; readonly problems: readonly Problem[] };

/**
 * From a spec, of any type, to what it asks for. A function of its arguments alone, so that an equal call may
 * be answered from memory.
 *
 * @param registered the optional kinds of children that Metacontroller manages; all of them if left out
 */
export type BuildDesired = (
  identity: Identity,
  spec: unknown,
  defaults: Defaults,
  registered?: readonly ChildKind[],
) => Desired;

/** Reads the spec, builds the pod template, and builds the children; all mistakes of a step are reported at once. */
export const buildDesired: BuildDesired = (identity, spec, defaults, registered = optionalKinds) => {
  const read = readRegistry(spec, identity.name);
  // The pod template is checked even if the rest of the spec has problems, as far as the rest could be read.
  const [described, unknown] = read.registry
    ? [read.registry, nothingUnknown]
    : [read.readable, read.unknown];
  const registry = withPullSecrets(described, defaults);
  const pod = readPodTemplate(identity, registry, unknown, defaults);

  const problems = [
    ...nameProblems(identity),
    ...accountProblems(identity, registry.objects),
    ...(read.problems ?? []),
    ...(pod.problems ?? []),
  ];
  if (problems.length > 0 || !pod.template) return { problems: sortBySpecOrder(problems) };

  const { children, unregistered } = buildChildren(
    { identity, registry, template: pod.template },
    registered,
  );
  const tooBig = sizeProblems(children, sizeFields(registry));
  return tooBig.length > 0
    ? { problems: tooBig }
    : { children, warnings: [...registry.warnings, ...unregistered.flatMap(unregisteredWarnings)] };
};

/** About a child that is asked for, and that nobody would apply. */
const unregisteredWarnings = (kind: ChildKind): Warning[] => {
  const { optional } = childKinds[kind];
  return optional
    ? warnAbout(
        'KindNotRegistered',
        [optional.field],
        `has no effect, because ${notManaged(kind)}. All else of the registry is applied`,
      )
    : [];
};

/** The pull secrets that every registry has come after its own. */
function withPullSecrets(registry: Registry, defaults: Defaults): Registry {
  const { imagePullSecrets: own } = registry;
  const more = defaults.imagePullSecrets.filter((name) => !own.includes(name));
  return more.length > 0 ? { ...registry, imagePullSecrets: [...own, ...more] } : registry;
}

/** The pod template of a registry with the user's merged over it, and what the user's part would break. */
function readPodTemplate(
  identity: Identity,
  registry: Registry,
  unknown: Unknown,
  defaults: Defaults,
): { readonly template?: PodTemplate; readonly problems?: readonly Problem[] } {
  const ours = buildPodTemplate(identity, registry, defaults);
  const { template, problems } = mergeUserTemplate(ours, registry.podTemplate, unknown);
  if (problems) return { problems };

  const { user, podTemplate } = registry;
  // Most registries have no user-defined part of the pod template.
  const isOurs = [podTemplate, user.volumes, user.volumeMounts].every(
    (part) => Object.keys(part).length === 0,
  );
  if (isOurs) return { template };
  const hasOwnVolumes = user.volumes.length + user.volumeMounts.length > 0;
  const own = hasOwnVolumes
    ? buildPodTemplate(identity, { ...registry, user: mergeFragments([]) }, defaults)
    : ours;
  return { template, problems: templateProblems(own, template, { ...user, podTemplate }, unknown) };
}
