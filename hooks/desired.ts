import { buildChildren, type DesiredChildren } from './children/build-children.ts';
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

/** What a spec asks for: six children, or the problems that keep it from being honoured, in spec order. */
export type Desired =
  | { readonly children: DesiredChildren; readonly problems?: never }
  | { readonly children?: never; readonly problems: readonly Problem[] };

/**
 * From a spec, of any type, to what it asks for. A function of its arguments alone, so that an equal call may
 * be answered from memory.
 */
export type BuildDesired = (identity: Identity, spec: unknown, defaults: Defaults) => Desired;

export const buildDesired: BuildDesired = (identity, spec, defaults) => {
  const read = readRegistry(spec);
  const wrong = [...nameProblems(identity), ...(read.problems ?? [])];
  // Of a spec that has problems elsewhere, the user's pod template is judged by what could be read.
  const { registry, unknown } = read.registry
    ? { registry: read.registry, unknown: nothingUnknown }
    : { registry: read.readable, unknown: read.unknown };

  const ours = buildPodTemplate(identity, registry, defaults);
  const { template, problems: unfit = [] } = mergeUserTemplate(ours, registry.podTemplate, unknown);
  const broken = template ? userProblems(identity, registry, unknown, template, defaults) : unfit;
  if (!template || wrong.length + broken.length > 0)
    return { problems: sortBySpecOrder([...wrong, ...broken]) };

  const children = buildChildren(identity, registry, template);
  const tooBig = sizeProblems(children.all, {
    ConfigMap: registry.raw ? 'spec.configYAML' : 'spec',
    Deployment: Object.keys(registry.podTemplate).length > 0 ? 'spec.podTemplateSpec' : 'spec',
  });
  return tooBig.length > 0 ? { problems: tooBig } : { children };
};

/** What the user's part of a pod template would break; most registries have none. */
function userProblems(
  identity: Identity,
  registry: Registry,
  unknown: Unknown,
  template: PodTemplate,
  defaults: Defaults,
): readonly Problem[] {
  const { user, podTemplate } = registry;
  if ([podTemplate, user.volumes, user.volumeMounts].every((part) => Object.keys(part).length === 0))
    return [];
  const own = buildPodTemplate(identity, { ...registry, user: mergeFragments([]) }, defaults);
  return templateProblems(own, template, { ...user, podTemplate }, unknown);
}
