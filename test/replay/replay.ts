import { type Recording, recordings } from '../fixtures/recordings.ts';
import type { Kind } from '../simulator/api-server/api-server.ts';
import { Cluster } from '../simulator/cluster.ts';
import {
  at,
  clone,
  equal,
  isObject,
  type Json,
  type JsonObject,
  type KubeObject,
  listAt,
  objectAt,
  type StoredObject,
  stringAt,
} from '../simulator/json.ts';
import type { ApplyStrategy } from '../simulator/metacontroller/children.ts';
import { normalise } from './normalise.ts';

export const registryKind = {
  kind: 'MCPRegistry',
  apiVersion: 'toolhive.stacklok.dev/v1alpha1',
  plural: 'mcpregistries',
  custom: true,
};

/** What somebody did before the call of this number. Edits of the parent come from the recording itself. */
export type Events = Readonly<Record<number, (cluster: Cluster, replay: Replay) => void | Promise<void>>>;

export interface Script {
  readonly folder: string;
  readonly strategy?: ApplyStrategy;
  /**
   * `ready`: the registry ran before the first call; it is brought there with the children of `children`.
   * `fresh`: the first call is the first of its life.
   * `loaded`: the world is put together from the first request.
   */
  readonly begins:
    | 'ready'
    | 'fresh'
    | 'loaded'
    | ((cluster: Cluster, replay: Replay) => void | Promise<void>);
  readonly events?: Events;
  /** What the customize hook of that day answered. */
  readonly related?: JsonObject[];
  /** Why the related pods are not compared, nor what differs in them alone. */
  readonly podsDiffer?: string;
  /** The folder whose children the hook answered, where no request of this one shows them; renamed to this one's names. */
  readonly children?: string;
  /** How the lists of the CRD of that day merged. */
  readonly shapes?: Kind['shapes'];
  /** How the world was that day. */
  readonly world?: (cluster: Cluster) => void;
  /** Calls that took so long that the world moved on meanwhile: the writes that follow them meet a conflict. */
  readonly callMilliseconds?: Readonly<Record<number, number>>;
  /** Steps at which the parent is not compared, and why. */
  readonly parentLags?: Readonly<Record<number, string>>;
  /** Where the recording was cut before the world was quiet: why the world is not the last request's. */
  readonly cut?: string;
  /** The last step that is compared, and why no more. */
  readonly stops?: { readonly after: number; readonly reason: string };
}

const steps = 4000;

/**
 * Plays a folder of recordings: the recorded answers go in, and each recorded request has to come out. Only when
 * Metacontroller's turn is, is the recording's to say: a real one that is slow sees two changes as one.
 */
export class Replay {
  readonly recorded: readonly Recording[];
  readonly cluster: Cluster;
  readonly script: Script;
  private next = 0;
  private prelude: ((body: JsonObject) => JsonObject) | undefined;

  constructor(script: Script) {
    this.script = script;
    this.recorded = recordings(script.folder)
      .filter(({ hook }) => hook !== 'customize')
      .slice(0, script.stops?.after)
      .filter((each, index, all) => !script.podsDiffer || !isRepeat(all[index - 1], each));
    this.cluster = new Cluster({
      controller: this.request(1)['controller'] as JsonObject,
      custom: [{ ...registryKind, ...(script.shapes && { shapes: script.shapes }) }],
      strategy: script.strategy ?? 'dynamic-apply',
      manual: true,
      starts: false,
      call: async (hook, body) => {
        if (hook === 'customize') return { status: 200, body: { relatedResources: script.related ?? [] } };
        if (this.prelude) return { status: 200, body: this.prelude(body) };
        await this.cluster.run(script.callMilliseconds?.[this.next] ?? 0);
        return { status: 200, body: this.answer(body) };
      },
    });
    // The only nodes of the recordings' cluster.
    this.cluster.nodes.labels = [{ type: 'kwok', 'kubernetes.io/os': 'linux' }];
    script.world?.(this.cluster);
  }

  request(step: number): JsonObject {
    return this.recorded[step - 1]?.request as JsonObject;
  }

  get parent(): KubeObject {
    return this.request(1)['parent'] as KubeObject;
  }

  /** @returns the number of the first request that did not come, and the nearest there was, or undefined */
  async run(): Promise<{ step: number; wanted: Json; nearest: Json } | undefined> {
    await this.begin();
    for (this.next = 1; this.next <= this.recorded.length; this.next++) {
      this.editParent(this.next);
      await this.script.events?.[this.next]?.(this.cluster, this);
      const nearest = await this.await(this.next);
      if (nearest !== undefined)
        return { step: this.next, wanted: this.compared(this.request(this.next), this.next), nearest };
    }
    if (this.script.cut || this.script.stops) return undefined;
    // The last answer still moves the parent's status; the children stay.
    const wanted = at(normalise(this.request(this.recorded.length)), 'children') ?? null;
    await this.cluster.run(2000);
    const nearest = at(this.preview(), 'children');
    return nearest === undefined || equal(nearest, wanted) ? undefined : { step: this.next, wanted, nearest };
  }

  private preview(step?: number): Json | undefined {
    const request = this.cluster.metacontroller?.preview(this.key)?.request;
    return request && this.compared(request, step);
  }

  private compared(request: JsonObject, step: number | undefined): Json {
    const whole = normalise(this.script.podsDiffer ? withoutPods(request) : request);
    return step !== undefined && this.script.parentLags?.[step] && isObject(whole)
      ? { ...whole, parent: {} }
      : whole;
  }

  get key(): string {
    return `${this.parent.metadata.namespace}/${this.parent.metadata.name}`;
  }

  /** Lets the world go on until the call that is wanted can be made, and makes it. */
  private async await(step: number): Promise<Json | undefined> {
    const wanted = this.compared(this.request(step), step);
    let nearest: Json = null;
    let distance = Number.POSITIVE_INFINITY;
    for (let count = 0; count < steps; count++) {
      const { metacontroller, clock } = this.cluster;
      if (metacontroller?.pending().includes(this.key)) {
        const preview = this.preview(step);
        // Without our finalizer there is no request yet: the sync that adds it makes it.
        if (preview === undefined || equal(preview, wanted)) {
          const before = this.cluster.lastCall;
          await metacontroller.process(this.key);
          const made = this.cluster.lastCall;
          if (made === undefined || made === before) continue;
          const found = this.compared(made.request, step);
          return equal(found, wanted) ? undefined : found;
        }
        const gap = differences(wanted, preview).length;
        if (gap < distance) [nearest, distance] = [preview, gap];
      }
      if (!(await clock.step())) break;
    }
    return nearest;
  }

  private answer(body: JsonObject): JsonObject {
    const { uid } = (body['parent'] as KubeObject).metadata;
    const { uid: old } = (this.request(this.next)['parent'] as KubeObject).metadata;
    const answer = this.recorded[this.next - 1]?.answer ?? this.reconstructed(this.next);
    return JSON.parse(JSON.stringify(answer).replaceAll(String(old), String(uid)));
  }

  /**
   * What the hook of the oldest folders must have answered: the children that the next request was noted to have
   * been made from, and the status that it brings. When deleted, no children, and finalized once there are none.
   */
  private reconstructed(step: number): JsonObject {
    const request = this.request(step);
    const following = this.recorded.slice(step).map((each) => each.request as JsonObject);
    const next = following.find((each) => isObject(at(each, 'parent', 'status'))) ?? request;
    const { observedGeneration: _, ...status } = objectAt(next, 'parent', 'status');
    if (request['finalizing'] === true) {
      return { status, children: [], finalized: childrenOf(request).length === 0 };
    }
    return { status, children: this.borrowed() ?? noted([...following, request]) };
  }

  private borrowed(): KubeObject[] | undefined {
    const { children } = this.script;
    if (children === undefined) return undefined;
    const requests = recordings(children).map(({ request }) => request as JsonObject);
    const name = String(stringAt(requests[0], 'parent', 'metadata', 'name'));
    return JSON.parse(JSON.stringify(noted(requests)).replaceAll(name, this.parent.metadata.name));
  }

  /** Edits of the parent's spec and annotations that the recording shows. */
  private editParent(step: number): void {
    if (step === 1 && this.script.begins !== 'ready') return;
    const stored = this.cluster.api.get(
      this.parent.kind,
      this.parent.metadata.namespace,
      this.parent.metadata.name,
    );
    const wanted = this.request(step)['parent'] as KubeObject;
    if (!stored || wanted.metadata['deletionTimestamp'] !== undefined) return;
    const annotations = (object: KubeObject) => objectAt(object, 'metadata', 'annotations');
    if (equal(stored['spec'], wanted['spec']) && equal(annotations(stored), annotations(wanted))) return;
    this.cluster.edit(
      stored.kind,
      stored.metadata.namespace,
      stored.metadata.name,
      (object) => {
        object['spec'] = clone(wanted['spec']);
        object.metadata['annotations'] = clone(annotations(wanted));
      },
      this.editor(wanted, equal(stored['spec'], wanted['spec'])),
    );
  }

  private editor(wanted: KubeObject, isAnnotation: boolean): string {
    const managers = (listAt(wanted, 'metadata', 'managedFields') as JsonObject[])
      .map(({ manager }) => String(manager))
      .filter((manager) => manager.startsWith('kubectl'));
    const byHand = managers.filter((manager) => manager !== 'kubectl-client-side-apply');
    if (isAnnotation) return byHand.find((manager) => manager === 'kubectl-annotate') ?? 'kubectl-patch';
    return byHand.find((manager) => manager !== 'kubectl-annotate') ?? 'kubectl-client-side-apply';
  }

  private async begin(): Promise<void> {
    const { begins } = this.script;
    if (typeof begins === 'function') return begins(this.cluster, this);
    if (begins === 'loaded') for (const object of objectsOf(this.request(1))) this.cluster.api.load(object);
    this.cluster.start({});
    if (begins === 'loaded') {
      // It had been asked before what is related, and had it in its caches.
      if (this.script.related) await this.cluster.metacontroller?.process(this.key);
      return;
    }
    this.cluster.apply(this.applied());
    if (begins === 'fresh') return;
    await this.bringToLife(base());
    if (this.parent.metadata['generation'] !== numberOf(this.parent['status'], 'observedGeneration')) return;
    if (this.parent.metadata['generation'] === 1) return;
    // A spec that was changed, and settled, before the first call of the recording.
    this.editParent(1);
    await this.bringToLife(noted([this.request(1)]));
  }

  /** The parent as it was applied first: what kubectl noted, unless it was applied again since. */
  applied(): KubeObject {
    const text = stringAt(
      this.parent,
      'metadata',
      'annotations',
      'kubectl.kubernetes.io/last-applied-configuration',
    );
    const object = JSON.parse(text ?? '') as KubeObject;
    delete object.metadata['annotations'];
    if (this.script.folder === 'ssa-spec-change') delete objectAt(object, 'spec')['image'];
    return object;
  }

  /** Runs the registry until it is ready, answering these children and the status that the recording begins with. */
  async bringToLife(children: readonly KubeObject[]): Promise<void> {
    const { observedGeneration: _, ...ready } = objectAt(this.parent, 'status');
    this.prelude = (body) => {
      const deployment = Object.values(objectAt(body, 'children', 'Deployment.apps/v1'))[0];
      const isReady = (numberOf(at(deployment, 'status'), 'availableReplicas') ?? 0) > 0;
      const { url: ___, ...rest } = ready;
      const first = { ...rest, phase: 'Pending', readyReplicas: 0 };
      return { status: isReady ? ready : first, children: clone([...children]) };
    };
    for (let count = 0; count < 300; count++) {
      for (const key of this.cluster.metacontroller?.pending() ?? [])
        await this.cluster.metacontroller?.process(key);
      if (!(await this.cluster.clock.step())) break;
      if (this.cluster.clock.next() !== undefined && (this.cluster.clock.next() ?? 0) > 60_000) break;
    }
    this.prelude = undefined;
  }
}

function withoutPods(request: JsonObject): JsonObject {
  const { 'Pod.v1': _, ...related } = objectAt(request, 'related');
  return { ...request, related };
}

/** Whether two requests differ in their pods alone. */
function isRepeat(before: Recording | undefined, after: Recording): boolean {
  const part = (each: Recording) => normalise(withoutPods(each.request as JsonObject));
  return before !== undefined && equal(part(before), part(after));
}

const childrenOf = (request: JsonObject): KubeObject[] =>
  (Object.values(objectAt(request, 'children')) as Record<string, KubeObject>[]).flatMap((group) =>
    Object.values(group),
  );

const objectsOf = (request: JsonObject): StoredObject[] => [
  // Pods come with their Deployment.
  ...(Object.values(objectAt(request, 'related', 'ConfigMap.v1')) as StoredObject[]),
  request['parent'] as StoredObject,
  ...(childrenOf(request) as StoredObject[]),
];

/** The children as they were applied, by what dynamic apply noted: each from the first request that has it. */
function noted(requests: readonly JsonObject[]): KubeObject[] {
  const found = new Map<string, KubeObject>();
  for (const child of requests.flatMap(childrenOf)) {
    const id = `${child.kind} ${child.metadata.name}`;
    const note = stringAt(
      child,
      'metadata',
      'annotations',
      'metacontroller.k8s.io/last-applied-configuration',
    );
    if (note === undefined || found.has(id)) continue;
    const applied = JSON.parse(note) as KubeObject;
    delete objectAt(applied, 'metadata', 'labels')['controller-uid'];
    found.set(id, applied);
  }
  return [...found.values()];
}

const numberOf = (object: Json | undefined, field: string): number | undefined => {
  const value = isObject(object) ? object[field] : undefined;
  return typeof value === 'number' ? value : undefined;
};

/** The six children of registry `a` as the recorded hook answered them for its first spec. */
function base(): KubeObject[] {
  const [first] = recordings('child-deleted');
  return clone(listAt(first?.answer as Json, 'children')) as KubeObject[];
}

/** Paths at which two values differ, for a message that a person can read. */
export function differences(wanted: Json | undefined, found: Json | undefined, path = ''): string[] {
  if (equal(wanted, found)) return [];
  const isTree = (value: Json | undefined) => isObject(value) || Array.isArray(value);
  if (!isTree(wanted) || !isTree(found) || Array.isArray(wanted) !== Array.isArray(found)) {
    return [`${path}: wanted ${shown(wanted)}, found ${shown(found)}`];
  }
  const [left, right] = [wanted as JsonObject, found as JsonObject];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differences(left[key], right[key], `${path}/${key}`),
  );
}

const shown = (value: Json | undefined): string => (JSON.stringify(value) ?? 'nothing').slice(0, 300);
