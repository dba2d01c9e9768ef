import type { Clock } from '../clock.ts';
import {
  clone,
  equal,
  finalizersOf,
  freeze,
  type Json,
  type JsonObject,
  type KubeObject,
  objectAt,
  ownersOf,
  type StoredObject,
} from '../json.ts';
import { setDefaults } from './defaults.ts';
import { ApiError } from './errors.ts';
import { type Author, afterUpdate, apply } from './managed-fields.ts';
import type { Shapes } from './schema.ts';
import { finishService } from './service.ts';
import { problemsOf } from './validate.ts';

/** What the API server knows of a kind. */
export interface Kind extends Shapes {
  readonly apiVersion: string;
  readonly plural: string;
  /** A custom resource: its spec and status are the user's own, and metadata never moves the generation. */
  readonly custom?: boolean;
}

/** One request that changes, or wants to change, an object. */
export interface Write {
  readonly time: number;
  readonly by: string;
  readonly verb: 'create' | 'update' | 'updateStatus' | 'patch' | 'apply' | 'delete';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  /** `unchanged`: accepted without a change, so there is no new resourceVersion and no event. */
  readonly outcome: 'written' | 'unchanged' | 'refused';
  readonly message?: string;
}

export interface WatchEvent {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: StoredObject;
  readonly before?: StoredObject;
  /** Whose request it was. */
  readonly by: string;
}

/** Says why a request is not admitted: quota, policy. Undefined admits it. */
export type Admission = (object: KubeObject, verb: Write['verb']) => string | undefined;

export type Propagation = 'Background' | 'Foreground' | 'Orphan';

const builtIn: readonly Kind[] = [
  { kind: 'ConfigMap', apiVersion: 'v1', plural: 'configmaps' },
  { kind: 'Service', apiVersion: 'v1', plural: 'services' },
  { kind: 'ServiceAccount', apiVersion: 'v1', plural: 'serviceaccounts' },
  { kind: 'Role', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'roles' },
  { kind: 'RoleBinding', apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'rolebindings' },
  { kind: 'Deployment', apiVersion: 'apps/v1', plural: 'deployments' },
  { kind: 'Pod', apiVersion: 'v1', plural: 'pods' },
  { kind: 'PersistentVolumeClaim', apiVersion: 'v1', plural: 'persistentvolumeclaims' },
  { kind: 'HorizontalPodAutoscaler', apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers' },
  { kind: 'PodDisruptionBudget', apiVersion: 'policy/v1', plural: 'poddisruptionbudgets' },
  { kind: 'NetworkPolicy', apiVersion: 'networking.k8s.io/v1', plural: 'networkpolicies' },
  { kind: 'Ingress', apiVersion: 'networking.k8s.io/v1', plural: 'ingresses' },
];

/** Built-in kinds whose generation moves with their spec. */
const withGeneration: ReadonlySet<string> = new Set([
  'Deployment',
  'PodDisruptionBudget',
  'NetworkPolicy',
  'Ingress',
]);

export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? (apiVersion.split('/')[0] ?? '') : '';

/** An API server for the kinds that a controller of workloads makes, and any custom resource. */
export class ApiServer {
  readonly writes: Write[] = [];
  readonly admissions: Admission[] = [];
  private readonly kinds = new Map<string, Kind>();
  private readonly objects = new Map<string, Map<string, StoredObject>>();
  private readonly owned = new Map<string, Set<string>>();
  private readonly orphans = new Map<string, Set<string>>();
  private readonly watchers: ((event: WatchEvent) => void)[] = [];
  private version = 1;
  private uids = 0;
  private addresses = 0;
  private author = '';
  private readonly clock: Clock;

  constructor(clock: Clock, custom: readonly Kind[]) {
    this.clock = clock;
    for (const kind of [...builtIn, ...custom]) {
      this.kinds.set(kind.kind, kind);
      this.objects.set(kind.kind, new Map());
    }
  }

  kind(name: string): Kind {
    const found = this.kinds.get(name);
    if (!found) throw new Error(`the simulated API server has no kind ${name}`);
    return found;
  }

  kindOf(apiVersion: string, plural: string): Kind {
    const found = [...this.kinds.values()].find(
      (kind) => kind.plural === plural && groupOf(kind.apiVersion) === groupOf(apiVersion),
    );
    if (!found) throw new Error(`the simulated API server has no resource ${plural} in ${apiVersion}`);
    return found;
  }

  watch(watcher: (event: WatchEvent) => void): void {
    this.watchers.push(watcher);
  }

  get(kind: string, namespace: string, name: string): StoredObject | undefined {
    return this.objects.get(kind)?.get(`${namespace}/${name}`);
  }

  list(kind: string): StoredObject[] {
    return [...(this.objects.get(kind)?.values() ?? [])];
  }

  /** All objects that name this uid as an owner. */
  ownedBy(uid: string): StoredObject[] {
    return [...(this.owned.get(uid) ?? [])].flatMap((id) => this.byId(id) ?? []);
  }

  /** Objects of a kind and namespace without a controlling owner. */
  orphansOf(kind: string, namespace: string): StoredObject[] {
    return [...(this.orphans.get(`${kind} ${namespace}`) ?? [])].flatMap((id) => this.byId(id) ?? []);
  }

  create(input: KubeObject, by: string): StoredObject {
    const { kind } = input;
    return this.logged('create', input, by, () => {
      if (this.get(kind, input.metadata.namespace, input.metadata.name)) {
        throw new ApiError('AlreadyExists', `${this.describe(input)} already exists`);
      }
      const object = clone(input);
      delete object.metadata['resourceVersion'];
      if (this.kind(kind).custom) delete object['status'];
      setDefaults(object);
      this.admit(object, 'create');
      return this.put(this.born(object, { manager: by, operation: 'Update', apiVersion: object.apiVersion }));
    });
  }

  /** A write of the whole object, but for its status where the kind has a status of its own. */
  update(input: KubeObject, by: string, verb: 'update' | 'patch' = 'update'): StoredObject {
    return this.logged(verb, input, by, () => {
      const before = this.current(input);
      const object = clone(input);
      if (before['status'] === undefined) delete object['status'];
      else object['status'] = clone(before['status']);
      setDefaults(object);
      return this.replace(
        before,
        object,
        { manager: by, operation: 'Update', apiVersion: object.apiVersion },
        verb,
      );
    });
  }

  updateStatus(input: KubeObject, by: string): StoredObject {
    return this.logged('updateStatus', input, by, () => {
      const before = this.current(input);
      const object = clone(before) as KubeObject;
      object.apiVersion = input.apiVersion;
      object['status'] = clone(input['status']);
      // Deployments keep their annotations in the status' transaction: the revision goes there.
      if (input.kind === 'Deployment') object.metadata['annotations'] = clone(input.metadata['annotations']);
      const author: Author = {
        manager: by,
        operation: 'Update',
        subresource: 'status',
        apiVersion: input.apiVersion,
      };
      return this.replace(before, object, author, 'updateStatus');
    });
  }

  /** The subresource `scale`: what an autoscaler and `kubectl scale` write. */
  scale(kind: string, namespace: string, name: string, replicas: number, by: string): StoredObject {
    const before = this.get(kind, namespace, name);
    if (!before) throw new ApiError('NotFound', `${kind} "${name}" not found`);
    return this.logged('patch', before, by, () => {
      const object = clone(before);
      object['spec'] = { ...objectAt(object, 'spec'), replicas };
      const { apiVersion } = before;
      const author: Author = { manager: by, operation: 'Update', subresource: 'scale', apiVersion };
      return this.replace(before, object, author, 'patch');
    });
  }

  /** Forced server-side apply. */
  apply(input: KubeObject, by: string): StoredObject {
    return this.logged('apply', input, by, () => {
      const before = this.get(input.kind, input.metadata.namespace, input.metadata.name);
      const author: Author = { manager: by, operation: 'Apply', apiVersion: input.apiVersion };
      const { object, managedFields } = apply(
        this.kind(input.kind),
        before,
        input,
        author,
        this.clock.timestamp(),
      );
      setDefaults(object);
      if (!before) {
        this.admit(object, 'create');
        return this.put(this.born(object, author, managedFields));
      }
      return this.replace(before, object, author, 'apply', managedFields);
    });
  }

  /** Reads, changes and writes in one go: what `kubectl edit`, `patch`, `label` and `scale` do. */
  edit(
    kind: string,
    namespace: string,
    name: string,
    by: string,
    change: (object: StoredObject) => void,
  ): StoredObject {
    const before = this.get(kind, namespace, name);
    if (!before) throw new ApiError('NotFound', `${kind} "${name}" not found`);
    const object = clone(before);
    change(object);
    return this.update(object, by, 'patch');
  }

  delete(
    kind: string,
    namespace: string,
    name: string,
    by: string,
    options: { propagation?: Propagation; uid?: string } = {},
  ): void {
    const { propagation = 'Background', uid } = options;
    const id = { kind, apiVersion: this.kind(kind).apiVersion, metadata: { namespace, name } };
    this.logged('delete', id, by, () => {
      const before = this.current(id);
      if (uid !== undefined && before.metadata.uid !== uid)
        throw new ApiError('Conflict', `the UID in the precondition (${uid}) does not match`);
      const object = clone(before);
      const finalizers = finalizersOf(object);
      const mark =
        propagation === 'Foreground' ? 'foregroundDeletion' : propagation === 'Orphan' ? 'orphan' : undefined;
      if (object.metadata['deletionTimestamp'] !== undefined) return before;
      if (mark && !finalizers.includes(mark)) finalizers.push(mark);
      if (finalizers.length === 0) {
        this.remove(before);
        return undefined;
      }
      object.metadata['finalizers'] = finalizers;
      object.metadata['deletionTimestamp'] = this.clock.timestamp();
      object.metadata['deletionGracePeriodSeconds'] = 0;
      const { generation } = object.metadata;
      if (typeof generation === 'number') object.metadata['generation'] = generation + 1;
      return this.put(object);
    });
  }

  /** Puts an object into the store as it is: the state in which a history begins. */
  load(object: StoredObject): void {
    this.put(clone(object));
  }

  /**
   * Writes an object as it is, without a request in the log: what kubelets write of pods, which is no news of the
   * objects that others keep. Watchers see it, unless it is as before.
   */
  record(object: KubeObject, by: string): void {
    const { kind, metadata } = object;
    const before = this.get(kind, metadata.namespace, metadata.name);
    const { resourceVersion = '' } = before?.metadata ?? {};
    if (before && equal(before, { ...object, metadata: { ...metadata, resourceVersion } })) return;
    this.unlogged(by, () => {
      const version = String(++this.version);
      const stored = freeze({
        ...object,
        metadata: { ...metadata, resourceVersion: version },
      }) as StoredObject;
      this.objects.get(kind)?.set(`${metadata.namespace}/${metadata.name}`, stored);
      this.index(before, stored);
      this.notify(before ? { type: 'modified', object: stored, before } : { type: 'added', object: stored });
    });
  }

  /** Removes an object that `record` wrote, in the same way. */
  forget(kind: string, namespace: string, name: string, by: string): void {
    const before = this.get(kind, namespace, name);
    if (before) this.unlogged(by, () => this.remove(before));
  }

  private unlogged(by: string, act: () => void): void {
    const outer = this.author;
    this.author = by;
    try {
      act();
    } finally {
      this.author = outer;
    }
  }

  private logged<T extends StoredObject | undefined>(
    verb: Write['verb'],
    { kind, metadata: { namespace, name } }: KubeObject,
    by: string,
    act: () => T,
  ): T {
    const entry = { time: this.clock.now(), by, verb, kind, namespace, name };
    const version = this.version;
    const outer = this.author;
    this.author = by;
    try {
      const result = act();
      this.writes.push({ ...entry, outcome: this.version === version ? 'unchanged' : 'written' });
      return result;
    } catch (error) {
      if (error instanceof ApiError)
        this.writes.push({ ...entry, outcome: 'refused', message: error.message });
      throw error;
    } finally {
      this.author = outer;
    }
  }

  private current(input: KubeObject): StoredObject {
    const { namespace, name, resourceVersion, uid } = input.metadata;
    const before = this.get(input.kind, namespace, name);
    if (!before) throw new ApiError('NotFound', `${this.describe(input)} not found`);
    if (
      (uid !== undefined && uid !== before.metadata.uid) ||
      (resourceVersion !== undefined && resourceVersion !== before.metadata.resourceVersion)
    ) {
      throw new ApiError(
        'Conflict',
        `Operation cannot be fulfilled on ${this.describe(input)}: the object has been modified; please apply your changes to the latest version and try again`,
      );
    }
    return before;
  }

  private born(object: KubeObject, author: Author, managedFields?: Json[]): StoredObject {
    const metadata = {
      ...object.metadata,
      uid: this.newUid(),
      creationTimestamp: this.clock.timestamp(),
      resourceVersion: '',
      ...(this.hasGeneration(object) && { generation: 1 }),
      managedFields:
        managedFields ??
        afterUpdate(this.kind(object.kind), undefined, object, author, this.clock.timestamp()),
    };
    const stored: StoredObject = { ...object, metadata };
    if (stored.kind === 'Service') finishService(stored, undefined, this.newAddress);
    return stored;
  }

  private replace(
    before: StoredObject,
    after: KubeObject,
    author: Author,
    verb: Write['verb'],
    managedFields?: Json[],
  ): StoredObject {
    if (after.kind === 'Service') finishService(after, before, this.newAddress);
    if (verb !== 'updateStatus') this.admit(after, verb, before);
    const object = { ...after, metadata: { ...after.metadata } } as StoredObject;
    for (const field of [
      'uid',
      'creationTimestamp',
      'generation',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
    ] as const) {
      if (before.metadata[field] === undefined) delete object.metadata[field];
      else (object.metadata as JsonObject)[field] = before.metadata[field];
    }
    if (verb !== 'updateStatus' && this.movesGeneration(before, object)) {
      object.metadata['generation'] = Number(before.metadata['generation'] ?? 0) + 1;
    }
    object.metadata.resourceVersion = before.metadata.resourceVersion;
    object.metadata['managedFields'] =
      managedFields ??
      afterUpdate(this.kind(object.kind), recorded(before, after), object, author, this.clock.timestamp());
    if (equal({ ...object, apiVersion: '' }, { ...before, apiVersion: '' })) return before;
    return this.put(object);
  }

  private hasGeneration({ kind }: KubeObject): boolean {
    return withGeneration.has(kind) || this.kind(kind).custom === true;
  }

  private movesGeneration(before: KubeObject, after: KubeObject): boolean {
    if (!this.hasGeneration(after)) return false;
    if (after.kind === 'Deployment') {
      // A Deployment's annotations count as its spec does.
      const annotations = (object: KubeObject) => objectAt(object, 'metadata', 'annotations');
      return !equal(before['spec'], after['spec']) || !equal(annotations(before), annotations(after));
    }
    const { apiVersion: _a, metadata: _m, status: _s, ...left } = before;
    const { apiVersion: _b, metadata: _n, status: _t, ...right } = after;
    return !equal(left, right);
  }

  private admit(object: KubeObject, verb: Write['verb'], before?: KubeObject): void {
    const problems = problemsOf(object, before);
    if (problems.length > 0) {
      const all = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
      throw new ApiError(
        'Invalid',
        `${object.kind} ${JSON.stringify(object.metadata.name)} is invalid: ${all}`,
      );
    }
    for (const admission of this.admissions) {
      const refusal = admission(object, verb);
      if (refusal !== undefined)
        throw new ApiError('Forbidden', `${this.describe(object)} is forbidden: ${refusal}`);
    }
  }

  private describe({ kind, metadata }: KubeObject): string {
    const { plural, apiVersion } = this.kind(kind);
    const group = groupOf(apiVersion);
    return `${plural}${group && `.${group}`} "${metadata.name}"`;
  }

  private readonly newAddress = (): string => {
    const number = ++this.addresses;
    return `10.96.${(number >> 8) & 255}.${number & 255}`;
  };

  private newUid(): string {
    return `00000000-0000-4000-8000-${(++this.uids).toString(16).padStart(12, '0')}`;
  }

  private byId(id: string): StoredObject | undefined {
    const [kind = '', namespace = '', name = ''] = id.split(' ');
    return this.get(kind, namespace, name);
  }

  private put(object: StoredObject): StoredObject {
    const { kind, metadata } = object;
    const before = this.get(kind, metadata.namespace, metadata.name);
    if (finalizersOf(object).length === 0) {
      delete metadata['finalizers'];
      if (before && metadata['deletionTimestamp'] !== undefined) {
        this.version++;
        this.remove(before);
        return object;
      }
    }
    metadata.resourceVersion = String(++this.version);
    freeze(object);
    this.objects.get(kind)?.set(`${metadata.namespace}/${metadata.name}`, object);
    this.index(before, object);
    this.notify(before ? { type: 'modified', object, before } : { type: 'added', object });
    return object;
  }

  private remove(object: StoredObject): void {
    this.version++;
    this.objects.get(object.kind)?.delete(`${object.metadata.namespace}/${object.metadata.name}`);
    this.index(object, undefined);
    this.notify({ type: 'deleted', object });
  }

  private index(before: StoredObject | undefined, after: StoredObject | undefined): void {
    const entries = (object: StoredObject | undefined): [Map<string, Set<string>>, string, string][] => {
      if (!object) return [];
      const { kind, metadata } = object;
      const id = `${kind} ${metadata.namespace} ${metadata.name}`;
      const owners = ownersOf(object);
      const isOrphan = !owners.some((owner) => owner['controller'] === true);
      return [
        ...owners.map((owner): [Map<string, Set<string>>, string, string] => [this.owned, owner.uid, id]),
        ...(isOrphan
          ? [
              [this.orphans, `${kind} ${metadata.namespace}`, id] as [
                Map<string, Set<string>>,
                string,
                string,
              ],
            ]
          : []),
      ];
    };
    for (const [map, key, id] of entries(before)) {
      const ids = map.get(key);
      ids?.delete(id);
      if (ids?.size === 0) map.delete(key);
    }
    for (const [map, key, id] of entries(after)) {
      if (!map.has(key)) map.set(key, new Set());
      map.get(key)?.add(id);
    }
  }

  private notify(event: Omit<WatchEvent, 'by'>): void {
    for (const watcher of this.watchers) watcher({ ...event, by: this.author });
  }
}

/**
 * The object as the writer knows its managedFields: what is sent with an update counts, `[{}]` empties them, and none at
 * all, or something unreadable, leaves them (apimachinery: pkg/util/managedfields/internal/fieldmanager.go, Update).
 */
function recorded(before: StoredObject, sent: KubeObject): StoredObject {
  const entries = sent.metadata['managedFields'];
  if (!Array.isArray(entries) || entries.length === 0) return before;
  const isReset = entries.length === 1 && equal(entries[0] as Json, {});
  if (!isReset && entries.some((entry) => Object.keys(objectAt(entry as Json, 'fieldsV1')).length === 0))
    return before;
  return { ...before, metadata: { ...before.metadata, managedFields: isReset ? [] : entries } };
}
