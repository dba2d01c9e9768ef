import {
  type ChildKind,
  childKinds,
  isOptional,
  kindsOfChildren,
} from '../../../hooks/children/child-kinds.ts';
import type { Defaults } from '../../../hooks/context.ts';
import { listOf, objectOf, textOf } from '../../../hooks/json.ts';
import { shorten } from '../../../hooks/problem.ts';
import { type Decision, decideSync } from '../../../hooks/sync.ts';
import { decidingSettings, defaultsFrom } from '../defaults.ts';
import { requestFor } from '../hook-request.ts';
import { type InputObject, isRegistry } from '../input/read-input.ts';
import type { Io } from '../io.ts';
import { childBlocks, identityBlocks, settingBlocks } from './blocks.ts';
import { notesOf } from './notes.ts';
import { findOperator, type Operator, usualOperator } from './operator.ts';
import { type Pins, pinsFor, podsByName, type Running } from './pins.ts';
import { podChanges } from './pod-changes.ts';

/** The finalizer of the operator, which nobody else removes. */
export const OPERATOR_FINALIZER = 'mcpregistry.toolhive.stacklok.dev/finalizer';
/** Metacontroller's, for the CompositeController of the manifests. */
export const HOOK_FINALIZER = 'metacontroller.io/compositecontroller-mcpregistry';

/** A registry, and how it is taken over. */
export interface RegistryPlan {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  /** As kubectl takes them, the Deployment first: `deployments.apps/production-api`. */
  readonly children: readonly string[];
  /** What keeps it from being taken over, as sentences without a full stop. */
  readonly blocks: readonly string[];
  /** Whether Metacontroller has it already. */
  readonly isTaken: boolean;
  /** What becomes of its pods. */
  readonly changes: readonly string[];
  readonly stays: readonly string[];
  /** What somebody should know before, as sentences without a full stop. */
  readonly notes: readonly string[];
}

/** How all registries of the input are taken over. */
export interface TakeoverPlan {
  readonly registries: readonly RegistryPlan[];
  readonly operator: Operator;
  /** Whether the operator's Deployment was in the input. */
  readonly operatorFound: boolean;
  /** Settings of the hook. */
  readonly pins: Pins;
}

/**
 * Plans the takeover of all registries of the input.
 *
 * @param version the release of the operator, where its image does not say it
 * @throws {SettingsError} if a setting in the environment is invalid
 */
export function planTakeover(
  objects: readonly InputObject[],
  io: Pick<Io, 'environment' | 'now'>,
  version?: readonly number[],
): TakeoverPlan {
  const found = findOperator(objects);
  const operator = { ...(found ?? usualOperator), ...(version ? { version } : {}) };
  const children = new ObjectsByName(objects);
  const registries = objects.filter(isRegistry);
  const given = Object.fromEntries(
    decidingSettings.flatMap((name) => {
      const value = io.environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const running = registries.flatMap((registry): Running[] => {
    const deployment = children.find(registry, 'Deployment');
    return deployment ? [{ registry, deployment }] : [];
  });
  defaultsFrom({ environment: given });
  const pods = podsByName(objects);
  const unpinned = new Map(
    running.map((each) => [each.registry, settingBlocks(each, { ...pinsFor([each], pods), ...given })]),
  );
  const pinned = running.filter(({ registry }) => unpinned.get(registry)?.length === 0);
  const pins = { ...pinsFor(pinned, pods), ...given };
  const defaults = defaultsFrom({ environment: pins });
  return {
    registries: registries.map((registry) =>
      planRegistry(registry, children, { defaults, now: io.now() }, operator, unpinned.get(registry) ?? []),
    ),
    operator,
    operatorFound: found !== undefined,
    pins,
  };
}

/** The children that every registry has, the one first whose rollout is waited for. */
const kinds: readonly ChildKind[] = [
  'Deployment',
  ...kindsOfChildren.filter((kind) => kind !== 'Deployment' && !isOptional(kind)),
];

/** Objects that could be children, by kind, namespace and name. */
class ObjectsByName {
  readonly #byKey = new Map<string, InputObject>();

  constructor(objects: readonly InputObject[]) {
    for (const object of objects) this.#byKey.set(keyOf(object), object);
  }

  find({ name, namespace }: InputObject, kind: ChildKind): InputObject | undefined {
    const { apiVersion, nameOf } = childKinds[kind];
    return this.#byKey.get(keyOf({ apiVersion, kind, namespace, name: nameOf({ name, namespace }) }));
  }
}

const keyOf = ({
  apiVersion,
  kind,
  namespace,
  name,
}: Pick<InputObject, 'apiVersion' | 'kind' | 'namespace' | 'name'>) =>
  JSON.stringify([apiVersion, kind, namespace, name]);

function planRegistry(
  registry: InputObject,
  objects: ObjectsByName,
  context: { readonly defaults: Defaults; readonly now: Date },
  operator: Operator,
  moreBlocks: readonly string[],
): RegistryPlan {
  const { name, namespace } = registry;
  const metadata = objectOf(registry.object['metadata']);
  const uid = textOf(metadata['uid']);
  const found = kinds.map((kind) => ({ kind, child: objects.find(registry, kind) }));
  const present = found.flatMap(({ child = [] }) => child);
  const decision = decide(registry, present, context);
  const deployment = found[0]?.child;
  const answered = decision.decision?.answer.children.find(({ kind }) => kind === 'Deployment');
  const blocks = [
    ...identityBlocks(registry, uid),
    ...decision.problems,
    ...found.flatMap(({ kind, child }) => childBlocks(registry, uid, kind, child)),
    ...moreBlocks,
  ];
  const { changes, stays } =
    deployment && answered && blocks.length === 0
      ? podChanges(deployment.object, objectOf(answered))
      : { changes: [], stays: [] };
  return {
    name,
    namespace,
    uid,
    children: kinds.map((kind) => `${resourceOf(kind)}/${childKinds[kind].nameOf({ name, namespace })}`),
    blocks,
    isTaken: listOf(metadata['finalizers']).includes(HOOK_FINALIZER),
    changes,
    stays: [...stays, ...foreignAnnotations(deployment)],
    notes: blocks.length > 0 ? [] : notesOf(registry, deployment, decision.decision, operator),
  };
}

/** The word for a kind that no other API group can be meant by. */
function resourceOf(kind: ChildKind): string {
  const { apiVersion, resource } = childKinds[kind];
  const [group] = apiVersion.split('/');
  return apiVersion.includes('/') ? `${resource}.${group}` : resource;
}

/** What the hook says of a registry with its children as they are; or why it can't be asked. */
function decide(
  registry: InputObject,
  children: readonly InputObject[],
  context: { readonly defaults: Defaults; readonly now: Date },
): { readonly decision?: Decision; readonly problems: readonly string[] } {
  const { request, problems = [] } = requestFor(registry, children, kinds);
  const decision = request && decideSync(request, context);
  return {
    ...(decision ? { decision } : {}),
    problems: [...problems, ...(decision?.desired?.problems ?? [])].map(
      ({ field, message }) => `${shorten(field, 200)}: ${shorten(message, 1000)}`,
    ),
  };
}

/** What only the operator reads. */
const foreignAnnotations = (deployment: InputObject | undefined): string[] =>
  Object.keys(objectOf(objectOf(deployment?.object['metadata'])['annotations']))
    .filter((name) => name.startsWith('toolhive.stacklok.io/'))
    .map((name) => `the annotation ${name} of the Deployment`);
