import {
  type ChildKind,
  childKinds,
  isOptional,
  kindsOfChildren,
} from '../../../hooks/children/child-kinds.ts';
import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { CliError } from '../cli-error.ts';
import type { ReadKind } from '../doctor/cluster-input.ts';
import { metacontrollerSelector } from '../doctor/programs.ts';
import { SIZE_LIMIT } from '../input/read-texts.ts';
import type { Io } from '../io.ts';
import { runKubectl } from './run-kubectl.ts';

/** Where to look, and how to get there. */
export interface Scope {
  /** Arguments that choose the cluster and the user, such as `--context`. */
  readonly connection: readonly string[];
  /** Arguments that choose the namespace: `-n <name>`, `-A`, or none for that of the context. */
  readonly namespace: readonly string[];
}

/** What kubectl printed, and the kinds of which that is everything. */
export interface ClusterText {
  /** A List, for `-f -`. */
  readonly text: Buffer;
  readonly allOf: readonly ReadKind[];
}

/** Resources that only help to explain: what can't be read is left out. */
const helpful: Readonly<Record<string, ReadKind>> = {
  pods: 'Pod',
  persistentvolumeclaims: 'PersistentVolumeClaim',
  events: 'Event',
};

/** Where the hook runs unless its URL says something else. */
const HOOK_NAMESPACE = 'mcpregistry-hook';

type Output = Pick<Io, 'err' | 'environment'>;

/** Gets objects, and gathers all that it got. */
class Getter {
  readonly #connection: readonly string[];
  readonly #io: Output;
  readonly #items: unknown[] = [];
  #left = SIZE_LIMIT;

  constructor(connection: readonly string[], io: Output) {
    this.#connection = connection;
    this.#io = io;
  }

  /**
   * @param args what else kubectl is told
   * @returns what kubectl printed; undefined if it could not read that
   * @throws {CliError} if it prints more than can be read, or no JSON
   */
  async get(resources: readonly string[], args: readonly string[]): Promise<unknown> {
    const { ok, out } = await runKubectl(
      ['get', resources.join(','), ...this.#connection, ...args, '-o', 'json'],
      this.#io,
      this.#left,
    );
    if (!ok) return undefined;
    this.#left -= out.length;
    const printed = parse(out);
    for (const item of itemsOf(printed)) this.#items.push(item);
    return printed;
  }

  /** @throws {CliError} if kubectl could not read that */
  async need(resources: readonly string[], args: readonly string[]): Promise<void> {
    if (await this.get(resources, args)) return;
    throw new CliError('kubectl could not read the registries and their children: see what it says above');
  }

  /** All that it got, as a List. */
  get text(): Buffer {
    return Buffer.from(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: this.#items }));
  }
}

/** What `kubectl get` is asked for. */
const resourcesOf = (kinds: readonly ChildKind[]): readonly string[] => [
  'mcpregistries.toolhive.stacklok.dev',
  ...kinds.map(resourceOf),
];

/** The kinds that every registry has. */
const neededKinds = kindsOfChildren.filter((kind) => !isOptional(kind));

/**
 * Reads what `takeover` reads: registries, what the operator made for them, and the operator, if it can be found by the label
 * that its chart gives to it.
 *
 * @returns a List, for `-f -`
 * @throws {CliError} if the registries and their children can't be read
 */
export async function readForTakeover({ connection, namespace }: Scope, io: Output): Promise<Buffer> {
  const getter = new Getter(connection, io);
  await getter.need([...resourcesOf(neededKinds), 'pods'], namespace);
  if (!namespace.includes('-A')) {
    await getter.get(['deployments.v1.apps'], ['-A', '-l', 'app.kubernetes.io/name=toolhive-operator']);
  }
  return getter.text;
}

/**
 * Reads everything from a cluster that `doctor` can use. Registries and their children have to be readable; all else is left
 * out where kubectl fails.
 *
 * @throws {CliError} if the registries and their children can't be read
 */
export async function readCluster({ connection, namespace }: Scope, io: Output): Promise<ClusterText> {
  const getter = new Getter(connection, io);
  const allOf = new Set<ReadKind>();

  // Where the kind does not exist, Metacontroller is not installed; where it may not be read, nothing is known.
  const controllers = await getter.get(['compositecontrollers.metacontroller.k8s.io'], []);
  if (controllers || !(await hasGroup('metacontroller.k8s.io', connection, io)))
    allOf.add('CompositeController');
  const registered = readControllers(controllers);
  if (await getter.get(['customresourcedefinitions/mcpregistries.toolhive.stacklok.dev'], [])) {
    allOf.add('CustomResourceDefinition');
  }

  const kinds = kindsOfChildren.filter((kind) => !isOptional(kind) || registered.kinds.includes(kind));
  await getter.need(resourcesOf(kinds), [...namespace, '--show-managed-fields']);
  for (const kind of kinds) allOf.add(kind);

  // One call for all, and one for each where that fails.
  if (await getter.get(Object.keys(helpful), namespace))
    for (const kind of Object.values(helpful)) allOf.add(kind);
  else {
    for (const [resource, kind] of Object.entries(helpful)) {
      if (await getter.get([resource], namespace)) allOf.add(kind);
    }
  }
  if (!namespace.includes('-A')) {
    // Those about an object without a namespace are there (client-go: tools/record/event.go).
    await getter.get(
      ['events'],
      ['-n', 'default', '--field-selector', 'involvedObject.kind=CompositeController'],
    );
    await getter.get(['pods'], ['-n', registered.hookNamespace]);
    await getter.get(['pods'], ['-A', '-l', metacontrollerSelector]);
  }
  return { text: getter.text, allOf: [...allOf] };
}

/** With its group: other groups may have a resource of the same name. */
function resourceOf(kind: ChildKind): string {
  const { apiVersion, resource } = childKinds[kind];
  const [group, version] = apiVersion.split('/');
  return version === undefined ? resource : `${resource}.${version}.${group}`;
}

/** Whether the API server has a group. */
async function hasGroup(group: string, connection: readonly string[], io: Output): Promise<boolean> {
  const { ok, out } = await runKubectl(['api-versions', ...connection], io);
  // Nothing is known: as if it had.
  return (
    !ok ||
    out
      .toString('utf8')
      .split('\n')
      .some((line) => line.startsWith(`${group}/`))
  );
}

/** The optional kinds that are registered, and where the hook runs. */
function readControllers(printed: unknown): {
  readonly kinds: readonly ChildKind[];
  readonly hookNamespace: string;
} {
  const ours = objectsOf(itemsOf(printed))
    .map(({ spec }) => objectOf(spec))
    .filter(({ parentResource }) => objectOf(parentResource)['resource'] === 'mcpregistries');
  const managed = ours.flatMap(({ childResources }) =>
    objectsOf(childResources).map(({ apiVersion, resource }) => `${textOf(resource)} ${textOf(apiVersion)}`),
  );
  const kinds = kindsOfChildren.filter((kind) =>
    managed.includes(`${childKinds[kind].resource} ${childKinds[kind].apiVersion}`),
  );
  return { kinds, hookNamespace: ours.map(namespaceOfHook).find((name) => name !== '') ?? HOOK_NAMESPACE };
}

/** The namespace in the URL of a Service: `http://<service>.<namespace>.svc/sync`. */
function namespaceOfHook({ hooks }: JsonObject): string {
  const webhook = objectOf(objectOf(objectOf(hooks)['sync'])['webhook']);
  const service = objectOf(webhook['service']);
  if (isObject(webhook['service'])) return textOf(service['namespace']);
  return /^https?:\/\/[a-z0-9-]+\.([a-z0-9-]+)\.svc\b/.exec(textOf(webhook['url']))?.[1] ?? '';
}

/** @throws {CliError} if that is no JSON */
function parse(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString('utf8'));
  } catch {
    throw new CliError('kubectl printed something that is no JSON: see the command above');
  }
}

/** The items of a List, or the one object that was printed. */
const itemsOf = (printed: unknown): readonly unknown[] => {
  const { items } = objectOf(printed);
  return Array.isArray(items) ? items : [printed];
};
