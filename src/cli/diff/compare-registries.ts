import { hasDesiredTemplate, TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import { CONFIG_HASH_ANNOTATION } from '../../../hooks/children/pod-template.ts';
import type { Defaults } from '../../../hooks/context.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import { buildDesired, type Desired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import type { Problem } from '../../../hooks/problem.ts';
import { requestFor } from '../hook-request.ts';
import type { InputObject } from '../input/read-input.ts';
import { type Difference, differences } from './differences.ts';

/** A child that is not the same in both. */
export interface ChildChange {
  readonly kind: string;
  readonly name: string;
  /** Undefined where there was none. */
  readonly old: Child | undefined;
  /** Undefined where there is none any more. */
  readonly new: Child | undefined;
  readonly differences: readonly Difference[];
}

/** What becomes of a registry that is edited, made or deleted. */
export interface Comparison {
  readonly namespace: string;
  readonly name: string;
  readonly change: 'edited' | 'new' | 'gone' | 'same';
  /** In the order in which they are applied. */
  readonly children: readonly ChildChange[];
  /** Whether the pods are replaced; undefined where one of both specs is invalid. */
  readonly rollsPods: boolean | undefined;
  /** Why they are. */
  readonly because: readonly string[];
  /** Why the new spec changes nothing, or what of the old one is not known. */
  readonly problems: readonly (Problem & { readonly of: 'new' | 'old' })[];
}

/**
 * Compares registries with what they were, by namespace and name.
 *
 * @param news as they are to be, in the order of the answer
 * @param olds as they are
 */
export function compareRegistries(
  news: ReadonlyMap<string, InputObject>,
  olds: ReadonlyMap<string, InputObject>,
  defaults: Defaults,
): Comparison[] {
  const edited = [...news].map(([key, registry]) => compare(registry, olds.get(key), defaults));
  const gone = [...olds].filter(([key]) => !news.has(key));
  return [...edited, ...gone.map(([, registry]) => compare(undefined, registry, defaults))];
}

/** One of both is there. */
function compare(now: InputObject | undefined, old: InputObject | undefined, defaults: Defaults): Comparison {
  const { namespace, name } = (now ?? old) as InputObject;
  const [after, before] = [desiredOf(now, defaults), desiredOf(old, defaults)];
  const problems = [
    ...(after.problems ?? []).map((problem) => ({ ...problem, of: 'new' as const })),
    ...(before.problems ?? []).map((problem) => ({ ...problem, of: 'old' as const })),
  ];
  const registry = { namespace, name, problems };
  // An invalid spec changes nothing that runs, and of an invalid one it is not known what runs.
  if (problems.length > 0) {
    return { ...registry, change: 'edited', children: [], rollsPods: undefined, because: [] };
  }
  const children = changesOf(before.children?.all ?? [], after.children?.all ?? []);
  const change =
    now === undefined ? 'gone' : old === undefined ? 'new' : children.length > 0 ? 'edited' : 'same';
  const [deployment, former] = [after.children?.byKind.Deployment, before.children?.byKind.Deployment];
  const rollsPods =
    deployment !== undefined && former !== undefined && !hasDesiredTemplate(former, deployment);
  const because = rollsPods ? reasonsOf(former.spec.template, deployment.spec.template) : [];
  return { ...registry, change, children, rollsPods, because };
}

const nothing: { readonly children?: undefined; readonly problems?: undefined } = {};

function desiredOf(registry: InputObject | undefined, defaults: Defaults): Desired | typeof nothing {
  if (registry === undefined) return nothing;
  const { request, problems } = requestFor(registry);
  if (problems) return { problems };
  return buildDesired(identityOf(request.parent), request.parent.spec, defaults);
}

/** The children of the new ones in their order, then those that are gone. */
function changesOf(olds: readonly Child[], news: readonly Child[]): ChildChange[] {
  const before = new Map(olds.map((child) => [keyOf(child), child]));
  const after = new Map(news.map((child) => [keyOf(child), child]));
  const keys = [...after.keys(), ...[...before.keys()].filter((key) => !after.has(key))];
  return keys.flatMap((key) => {
    const [old, now] = [before.get(key), after.get(key)];
    const { kind, metadata } = (now ?? old) as Child;
    const found = old && now ? differences(old, now) : [];
    if (old && now && found.length === 0) return [];
    return [{ kind, name: metadata.name, old, new: now, differences: found }];
  });
}

const keyOf = ({ kind, metadata }: Child) => `${kind}/${metadata.name}`;

const configHash = `metadata.annotations.${CONFIG_HASH_ANNOTATION}`;
const templateHash = `metadata.annotations.${TEMPLATE_HASH_ANNOTATION}`;

/** What of a pod template is not the same, in the words of a sentence. */
function reasonsOf(old: unknown, now: unknown): string[] {
  return differences(old, now).flatMap(({ path, ...values }) => {
    if (path === configHash) return ['config.yaml changes, which a server reads once'];
    // It follows from all the others.
    return path === templateHash ? [] : [`${path} ${verbOf(values)}`];
  });
}

function verbOf(values: Omit<Difference, 'path'>): string {
  const { old, new: now } = values;
  if (!Object.hasOwn(values, 'old')) return 'is added';
  if (!Object.hasOwn(values, 'new')) return 'is removed';
  return isShort(old) && isShort(now)
    ? `changes from ${JSON.stringify(old)} to ${JSON.stringify(now)}`
    : 'changes';
}

const isShort = (value: unknown): boolean => typeof value !== 'object' && String(value).length <= 100;
