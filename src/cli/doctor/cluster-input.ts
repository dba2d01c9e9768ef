import { type ChildKind, childKinds, isChildKind, isOptional } from '../../../hooks/children/child-kinds.ts';
import { type JsonObject, objectOf, textOf } from '../../../hooks/json.ts';
import { type Input, type InputObject, isRegistry } from '../input/read-input.ts';

/** The kinds beside children and registries that are read, with their API versions. */
const readKinds = {
  Pod: ['v1'],
  PersistentVolumeClaim: ['v1'],
  Event: ['v1', 'events.k8s.io/v1'],
  CompositeController: ['metacontroller.k8s.io/v1alpha1'],
  CustomResourceDefinition: ['apiextensions.k8s.io/v1'],
} as const;

/** A kind of objects that is read. */
export type ReadKind = ChildKind | keyof typeof readKinds;

const versionsOf = (kind: string): readonly string[] =>
  isChildKind(kind)
    ? [childKinds[kind].apiVersion]
    : Object.hasOwn(readKinds, kind)
      ? readKinds[kind as keyof typeof readKinds]
      : [];

/** Whether a word is the name of a kind that is read. */
export const isReadKind = (word: string): word is ReadKind => versionsOf(word).length > 0;

/** The objects of the input, each once, by what is asked of them. All of it takes time by the size of the input. */
export class ClusterInput {
  readonly registries: readonly InputObject[];
  /** Objects that are not read. */
  readonly rest: readonly InputObject[];
  readonly children: readonly InputObject[];
  readonly #byKind = new Map<string, InputObject[]>();
  readonly #byName = new Map<string, InputObject>();
  readonly #byLabel = new Map<string, InputObject[]>();
  readonly #eventsByObject = new Map<string, JsonObject[]>();
  /** The namespaces that a child of a kind that every registry has is seen in, whoever has made it. */
  readonly #namespaces = new Set<string>();
  readonly #allOf: ReadonlySet<ReadKind>;

  /** @param allOf kinds of which the input has every object, even if that is none */
  constructor({ objects }: Pick<Input, 'objects'>, allOf: Iterable<ReadKind> = []) {
    this.#allOf = new Set(allOf);
    const registries: InputObject[] = [];
    const rest: InputObject[] = [];
    const children: InputObject[] = [];
    for (const object of objects) {
      const isParent = isRegistry(object);
      const isRead = versionsOf(object.kind).includes(object.apiVersion);
      if (!isParent && !isRead) {
        rest.push(object);
        continue;
      }
      // The same object may come from two commands.
      const key = nameKey(isParent ? 'MCPRegistry' : object.kind, object.namespace, object.name);
      if (object.kind !== 'Event' && this.#byName.has(key)) continue;
      this.#byName.set(key, object);
      if (isParent) registries.push(object);
      else this.#add(object);
      if (!isParent && isChildKind(object.kind)) children.push(object);
    }
    this.registries = registries;
    this.rest = rest;
    this.children = children;
  }

  of(kind: ReadKind): readonly InputObject[] {
    return this.#byKind.get(kind) ?? [];
  }

  find(kind: ReadKind, namespace: string, name: string): InputObject | undefined {
    return this.#byName.get(nameKey(kind, namespace, name));
  }

  /**
   * Those that have all of some labels, in the order of the input.
   *
   * @param namespace in which they are; undefined for any
   * @param limit how many there may be: the first ones
   */
  withLabels(
    kind: ReadKind,
    namespace: string | undefined,
    labels: Readonly<Record<string, string>>,
    limit = Number.POSITIVE_INFINITY,
  ): readonly InputObject[] {
    const wanted = Object.entries(labels);
    const lists = wanted.map(([key, value]) => this.#byLabel.get(labelKey(kind, key, value)) ?? []);
    const shortest = lists.reduce((a, b) => (a.length <= b.length ? a : b), lists[0] ?? []);
    const found: InputObject[] = [];
    for (const object of shortest) {
      if (found.length >= limit) break;
      const own = labelsOf(object);
      const isHere = namespace === undefined || object.namespace === namespace;
      if (isHere && wanted.every(([key, value]) => own[key] === value)) found.push(object);
    }
    return found;
  }

  /** Events about an object, in the order of the input. */
  eventsOf(
    kind: string,
    { namespace, name }: Pick<InputObject, 'namespace' | 'name'>,
  ): readonly JsonObject[] {
    return this.#eventsByObject.get(nameKey(kind, namespace, name)) ?? [];
  }

  /**
   * Whether the input has all objects of a kind, so that one that is not there does not exist.
   *
   * The kinds that every registry has are asked for together, and no namespace is without a ConfigMap and a ServiceAccount.
   * Of any other kind, one object tells that it was asked for.
   */
  hasAll(kind: ReadKind, namespace: string): boolean {
    if (this.#allOf.has(kind)) return true;
    return isChildKind(kind) && !isOptional(kind)
      ? this.#namespaces.has(namespace)
      : (this.#byKind.get(kind)?.length ?? 0) > 0;
  }

  #add(object: InputObject): void {
    const { kind, namespace } = object;
    push(this.#byKind, kind, object);
    if (isChildKind(kind) && !isOptional(kind)) this.#namespaces.add(namespace);
    if (kind === 'Event') {
      const about = aboutOf(object.object);
      const place = textOf(about['namespace']) || namespace;
      push(this.#eventsByObject, nameKey(textOf(about['kind']), place, textOf(about['name'])), object.object);
    } else {
      for (const [key, value] of Object.entries(labelsOf(object))) {
        push(this.#byLabel, labelKey(kind, key, value), object);
      }
    }
  }
}

function push<V>(lists: Map<string, V[]>, key: string, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

const nameKey = (kind: string, namespace: string, name: string) => JSON.stringify([kind, namespace, name]);
const labelKey = (kind: string, key: string, value: unknown) => JSON.stringify([kind, key, value]);

/** The metadata of an object, of any shape. */
export const metadataOf = ({ object }: Pick<InputObject, 'object'>): JsonObject =>
  objectOf(object['metadata']);

/** The labels of an object, of any types. */
export const labelsOf = (object: Pick<InputObject, 'object'>): JsonObject =>
  objectOf(metadataOf(object)['labels']);

/** The object that an event is about, in either of its versions. */
export const aboutOf = (event: JsonObject): JsonObject =>
  objectOf(event['involvedObject'] ?? event['regarding']);
