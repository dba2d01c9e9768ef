import {
  type Admission,
  ApiServer,
  type Kind,
  type Propagation,
  type Write,
} from './api-server/api-server.ts';
import { Clock } from './clock.ts';
import { Autoscaler } from './controllers/autoscaler.ts';
import { Budgets } from './controllers/budgets.ts';
import { GarbageCollector } from './controllers/garbage-collector.ts';
import { defaultNodes, type Nodes } from './controllers/nodes.ts';
import { Routers } from './controllers/routers.ts';
import { Workloads } from './controllers/workloads.ts';
import { clone, goJson, type JsonObject, type KubeObject, objectAt, type StoredObject } from './json.ts';
import type { ApplyStrategy } from './metacontroller/children.ts';
import { type Call, Metacontroller, type SyncError } from './metacontroller/metacontroller.ts';
import type { CallHook, HookName } from './metacontroller/webhook.ts';

const KUBECTL_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

export interface ClusterOptions {
  /** The CompositeController object, as applied. */
  readonly controller: JsonObject;
  /** The parent's kind, and any other custom kind. */
  readonly custom: readonly Kind[];
  readonly call: CallHook;
  readonly strategy?: ApplyStrategy;
  /** Metacontroller's flag `--apply-strategy-ssa-field-manager`. */
  readonly fieldManager?: string;
  /** How long a call of the hook takes; the world goes on meanwhile. 0, the default: it stands still. */
  readonly callMilliseconds?: number;
  /** Nothing is called unless a test says so, with `metacontroller.process`. */
  readonly manual?: boolean;
  /** How late Metacontroller's cache of pods is, and of other related objects that are neither parents nor children. */
  readonly staleMilliseconds?: number;
  /** Starts Metacontroller; true by default. */
  readonly starts?: boolean;
}

/**
 * What happens to calls: `down` never reaches the hook; `lost` reaches it, and its answer is lost; `broken` is a 500;
 * `busy` a 429 that asks for three seconds.
 */
export type Fault = 'none' | 'down' | 'lost' | 'broken' | 'busy';

/** A small cluster around a hook: what a person, a node or an outage does to it, and what came of it. */
export class Cluster {
  readonly clock = new Clock();
  readonly nodes: Nodes = defaultNodes();
  readonly calls: Call[] = [];
  readonly errors: SyncError[] = [];
  readonly api: ApiServer;
  readonly workloads: Workloads;
  readonly autoscaler: Autoscaler;
  readonly routers: Routers;
  metacontroller: Metacontroller | undefined;
  fault: Fault = 'none';
  private options: Required<Omit<ClusterOptions, 'starts' | 'custom'>>;

  constructor(options: ClusterOptions) {
    const {
      controller,
      custom,
      call,
      strategy = 'dynamic-apply',
      fieldManager = 'metacontroller',
      callMilliseconds = 0,
      manual = false,
      staleMilliseconds = 0,
    } = options;
    this.options = { controller, call, strategy, fieldManager, callMilliseconds, manual, staleMilliseconds };
    this.api = new ApiServer(this.clock, custom);
    this.workloads = new Workloads(this.api, this.clock, this.nodes);
    this.autoscaler = new Autoscaler(this.api, this.clock);
    this.routers = new Routers(this.api, this.clock);
    new Budgets(this.api, this.clock);
    new GarbageCollector(this.api, this.clock, this.workloads);
    if (options.starts ?? true) this.start({});
  }

  /** The last call of sync or finalize. */
  get lastCall(): Call | undefined {
    return this.calls.findLast(({ hook }) => hook !== 'customize');
  }

  /** Every request that wanted to change an object, in order. */
  get writes(): readonly Write[] {
    return this.api.writes;
  }

  /** Starts Metacontroller, or restarts it with other settings: each parent is synced once. */
  start(changes: Partial<Omit<ClusterOptions, 'starts' | 'custom'>>): void {
    this.metacontroller?.stop();
    this.options = { ...this.options, ...changes };
    const { controller, strategy, fieldManager, callMilliseconds, manual, staleMilliseconds } = this.options;
    this.metacontroller = new Metacontroller(this.api, this.clock, {
      controller,
      strategy,
      fieldManager,
      callMilliseconds,
      manual,
      staleMilliseconds,
      delayMilliseconds: 2,
      call: (hook, body, headers) => this.ask(hook, body, headers),
      onCall: (call) => this.calls.push(call),
      onError: (error) => this.errors.push(error),
    });
  }

  /** `kubectl apply`, client-side: creates the object, or makes its spec, labels and annotations those given. */
  apply(object: KubeObject): StoredObject {
    const { kind, metadata } = object;
    const note = `${goJson({ ...object, metadata: { annotations: {}, ...metadata } })}\n`;
    const annotations = { ...objectAt(metadata, 'annotations'), [KUBECTL_APPLIED]: note };
    const by = 'kubectl-client-side-apply';
    const known = this.api.get(kind, metadata.namespace, metadata.name);
    if (!known)
      return this.api.create({ ...clone(object), metadata: { ...clone(metadata), annotations } }, by);
    return this.api.edit(kind, metadata.namespace, metadata.name, by, (stored) => {
      const { metadata: _, status: __, ...parts } = clone(object);
      Object.assign(stored, parts);
      stored.metadata['annotations'] = { ...objectAt(stored, 'metadata', 'annotations'), ...annotations };
    });
  }

  /** `kubectl create`. */
  create(object: KubeObject): StoredObject {
    return this.api.create(object, 'kubectl-create');
  }

  /** `kubectl edit`, `patch`, `label`, `scale`: any change by hand. */
  edit(
    kind: string,
    namespace: string,
    name: string,
    change: (object: StoredObject) => void,
    by = 'kubectl-patch',
  ): StoredObject {
    return this.api.edit(kind, namespace, name, by, change);
  }

  delete(kind: string, namespace: string, name: string, propagation: Propagation = 'Background'): void {
    this.api.delete(kind, namespace, name, 'kubectl', { propagation });
  }

  /** Refuses requests from now on; the function returned lifts it. */
  refuse(admission: Admission): () => void {
    this.api.admissions.push(admission);
    return () => {
      const index = this.api.admissions.indexOf(admission);
      if (index >= 0) this.api.admissions.splice(index, 1);
    };
  }

  /** A quota on the number of objects of a kind, as `count/<resource>` in a ResourceQuota; the function lifts it. */
  quota(kind: string, resource: string, most: number): () => void {
    return this.refuse((object, verb) => {
      const used = this.api.list(kind).length;
      if (verb !== 'create' || object.kind !== kind || used < most) return undefined;
      return `exceeded quota: none, requested: count/${resource}=1, used: count/${resource}=${used}, limited: count/${resource}=${most}`;
    });
  }

  /** Changes the nodes, and has pods feel it. */
  changeNodes(changes: Partial<Nodes>): void {
    Object.assign(this.nodes, changes);
    this.workloads.look();
  }

  /** Lets time pass. */
  run(milliseconds: number): Promise<void> {
    return this.clock.advance(milliseconds);
  }

  /**
   * Lets time pass until nothing was written for `calm` milliseconds, or `most` are over.
   *
   * @returns whether it became calm
   */
  async settle(calm = 15_000, most = 600_000): Promise<boolean> {
    const end = this.clock.now() + most;
    let since = this.clock.now();
    let count = this.changes();
    while (this.clock.now() < end) {
      await this.clock.advance(Math.min(calm, 1000));
      if (this.changes() !== count) [since, count] = [this.clock.now(), this.changes()];
      else if (this.clock.now() - since >= calm) return true;
    }
    return false;
  }

  private changes(): number {
    return this.api.writes.length;
  }

  private async ask(hook: HookName, body: JsonObject, headers: Readonly<Record<string, string>>) {
    switch (this.fault) {
      case 'down':
        throw new Error('http error: connection refused');
      case 'broken':
        return { status: 500, body: { error: 'internal' } };
      case 'busy':
        return { status: 429, headers: { 'retry-after': '3' }, body: {} };
      default: {
        const reply = await this.options.call(hook, body, headers);
        if (this.fault === 'lost') throw new Error('http error: unexpected EOF');
        return reply;
      }
    }
  }
}
