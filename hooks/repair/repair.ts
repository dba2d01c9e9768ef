import { appliedParts } from '../applied/freeze.ts';
import { appliedBy } from '../applied/last-applied.ts';
import type { DesiredChildren } from '../children/build-children.ts';
import type { RepairRules } from '../children/child-kind.ts';
import { type ChildKind, childKinds, kindsOfChildren, type ObservedByKind } from '../children/child-kinds.ts';
import type { CollisionRule } from '../children/collision-rule.ts';
import type { Child } from '../contract/answer.ts';
import type { KubernetesObject } from '../contract/kubernetes.ts';
import { type JsonObject, objectsOf } from '../json.ts';
import { mayCollide, takeOver, wordOf } from './collisions.ts';

/** A child that a merge can't make as desired. */
export interface Repair {
  readonly kind: string;
  readonly name: string;
  /**
   * `takenOver`: answered for one call with what somebody else added, so that the next call can remove it.
   * `recreated`: left out of one answer, so that it is deleted, and created again at the next call.
   * `blocked`: only deleting it would help, and it is never deleted.
   */
  readonly action: 'takenOver' | 'recreated' | 'blocked';
  readonly why: string;
}

export interface Repairs {
  /** What to answer for this call: the desired children themselves where nothing needs a repair. */
  readonly children: readonly Child[];
  readonly repairs: readonly Repair[];
}

/** Decides for each child that exists whether it can be applied as desired. */
export function repairChildren(desired: DesiredChildren, observed: ObservedByKind): Repairs {
  const repairKind = (kind: ChildKind): RepairedChild => {
    const child = desired.byKind[kind];
    if (!child) return {};
    const found = observed[kind];
    // The rules of a kind are for children of that kind, which the compiler does not follow.
    const rules = childKinds[kind].repair as RepairRules | undefined;
    return found && rules ? repairChild<Child>(child, found, rules) : { child };
  };
  const results = kindsOfChildren.map(repairKind);
  const repairs = results.flatMap(({ repair = [] }) => repair);
  const children = results.flatMap(({ child = [] }) => child);
  const isAsBuilt =
    children.length === desired.all.length && children.every((child, index) => child === desired.all[index]);
  return {
    // The list that was built, whose text may be remembered.
    children: isAsBuilt ? desired.all : children,
    repairs,
  };
}

/** A child to answer, if any, and the repair that it needs, if any. */
export interface RepairedChild {
  readonly child?: Child;
  readonly repair?: Repair;
}

/** @param observed a child that exists and is not being deleted */
export function repairChild<D extends Child>(
  asked: D,
  observed: KubernetesObject,
  rules: RepairRules<D>,
): RepairedChild {
  const desired = rules.keep?.(observed, asked) ?? asked;
  const repairOf = (action: Repair['action'], why: string): Repair => {
    return { kind: desired.kind, name: desired.metadata.name, action, why };
  };
  const unchangeable = rules.whyUnchangeable?.(observed, desired);
  if (unchangeable) return { repair: repairOf('recreated', unchangeable) };

  const isServerSide = appliedBy(observed) === 'server-side';
  const doubled = isServerSide ? [] : (rules.portLists?.(observed, desired).flatMap(doubledPorts) ?? []);
  const { value, foreign } = takeOverChild(desired, observed, rules.collisions, isServerSide);
  if (foreign.length + doubled.length === 0) return { child: desired };

  const places = foreign.map((place) => place.replace(/^spec (template spec )?/, ''));
  const why = `somebody else set ${listed([...places, ...doubled])}`;
  // Under server-side apply the other manager still owns what we would remove.
  if (doubled.length === 0 && !isServerSide) return { child: value, repair: repairOf('takenOver', why) };
  return rules.neverRecreated
    ? { child: desired, repair: repairOf('blocked', why) }
    : { repair: repairOf('recreated', why) };
}

function takeOverChild(
  desired: Child,
  observed: KubernetesObject,
  given: CollisionRule | undefined,
  isServerSide: boolean,
) {
  const rule = isServerSide && given ? withoutAtomic(given) : given;
  if (!rule || !mayCollide(desired, observed, rule)) return { value: desired, foreign: [] };
  const { value, foreign } = takeOver(desired, observed, appliedParts(observed, true), rule);
  // What is taken over is below `spec`: the identity stays.
  return { value: value as Child, foreign };
}

/** The rule without those for values that server-side apply replaces whole. */
function withoutAtomic({ fields = {}, ...rule }: CollisionRule): CollisionRule {
  const kept = Object.entries(fields).filter(([, field]) => !field.atomic);
  return { ...rule, fields: Object.fromEntries(kept.map(([name, field]) => [name, withoutAtomic(field)])) };
}

/**
 * Ports of one number and two protocols. Dynamic apply identifies them by the number alone, makes two equal
 * ones of them, and can't remove either.
 */
function doubledPorts(ports: unknown): string[] {
  const numbers = new Set<unknown>();
  return objectsOf(ports)
    .filter((port) => numbers.has(numberOf(port)) || !numbers.add(numberOf(port)))
    .map((port) => `the port ${wordOf(numberOf(port))}/${wordOf(port['protocol'] ?? 'TCP')}`);
}

const numberOf = (port: JsonObject) => port['port'] ?? port['containerPort'];

/** As many places as a message names. */
const SHOWN = 10;

const listed = (places: readonly string[]) =>
  [...places.slice(0, SHOWN), ...(places.length > SHOWN ? [`and ${places.length - SHOWN} more`] : [])].join(
    ', ',
  );
