import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import {
  at,
  clone,
  equal,
  goJson,
  type JsonObject,
  listAt,
  numberAt,
  objectAt,
  type StoredObject,
  shortHash,
  stringAt,
} from '../json.ts';
import { deploymentStatus, untilOverdue, withNewReplicaSet } from './deployment-status.ts';
import { Kubelet } from './kubelet.ts';
import type { Nodes } from './nodes.ts';
import { type Pod, ReplicaSet } from './replica-set.ts';
import { desiredOf, freshReplicas, isRecreate, limitsOf, roll } from './rollout.ts';

const MANAGER = 'kube-controller-manager';
const REVISION = 'deployment.kubernetes.io/revision';
/** From a change to the Deployment controller's look at it: after the ReplicaSet controller's. */
const LOOK = 6;

interface Workload {
  readonly uid: string;
  readonly sets: ReplicaSet[];
  isWaiting: boolean;
}

/**
 * The Deployment controller, with the ReplicaSets and pods of each Deployment. ReplicaSets are no objects of the API
 * server: what others see of them is the Deployment's status, and the pods.
 */
export class Workloads {
  private readonly workloads = new Map<string, Workload>();
  private readonly api: ApiServer;
  private readonly clock: Clock;
  private readonly nodes: Nodes;
  private readonly kubelet: Kubelet;

  constructor(api: ApiServer, clock: Clock, nodes: Nodes) {
    this.api = api;
    this.clock = clock;
    this.nodes = nodes;
    this.kubelet = new Kubelet(api, clock, nodes);
    api.watch((event) => this.see(event));
  }

  /** The pods of a Deployment, those that end among them. */
  pods(namespace: string, name: string): readonly Pod[] {
    return this.workloads.get(`${namespace}/${name}`)?.sets.flatMap((set) => set.pods) ?? [];
  }

  /** Makes a change of the nodes felt. */
  look(): void {
    for (const { sets } of this.workloads.values()) for (const set of sets) set.nudge();
  }

  setReady(namespace: string, name: string, isReady: boolean): void {
    for (const set of this.workloads.get(`${namespace}/${name}`)?.sets ?? []) set.setReady(isReady);
  }

  /**
   * Ends the pods of a Deployment, then its ReplicaSets, as garbage collection does in a foreground deletion.
   *
   * @returns whether all are gone
   */
  drain(namespace: string, name: string): boolean {
    const key = `${namespace}/${name}`;
    const workload = this.workloads.get(key);
    if (!workload || workload.sets.length === 0) return true;
    for (const set of workload.sets) set.drain();
    if (workload.sets.some((set) => set.pods.length > 0 || set.status.ending !== 0)) return false;
    workload.sets.length = 0;
    this.enqueue(key);
    return false;
  }

  /** Takes over a Deployment that was settled when the history began: its pods exist and are ready. */
  adopt(deployment: StoredObject): void {
    const { namespace, name } = deployment.metadata;
    const key = `${namespace}/${name}`;
    const workload: Workload = { uid: deployment.metadata.uid, sets: [], isWaiting: false };
    this.workloads.set(key, workload);
    const set = this.makeSet(key, deployment, workload);
    if (!set) return;
    const progressing = (listAt(deployment, 'status', 'conditions') as JsonObject[]).find(
      ({ type }) => type === 'Progressing',
    );
    set.name = /"(.*)"/.exec(String(progressing?.['message']))?.[1] ?? set.name;
    set.replicas = numberAt(deployment, 'status', 'replicas') ?? set.replicas;
    set.wanted = set.replicas;
    set.revision = Number(stringAt(deployment, 'metadata', 'annotations', REVISION) ?? 1);
    set.settle();
  }

  private see({ type, object }: WatchEvent): void {
    if (object.kind !== 'Deployment') return;
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    if (type === 'deleted') {
      for (const set of this.workloads.get(key)?.sets ?? []) set.end();
      this.workloads.delete(key);
      return;
    }
    if (!this.workloads.has(key)) {
      if (isSettled(object)) {
        this.adopt(object);
        return;
      }
      this.workloads.set(key, { uid: object.metadata.uid, sets: [], isWaiting: false });
    }
    this.enqueue(key);
  }

  private enqueue(key: string, milliseconds = LOOK): void {
    const workload = this.workloads.get(key);
    if (!workload || (workload.isWaiting && milliseconds === LOOK)) return;
    if (milliseconds === LOOK) workload.isWaiting = true;
    this.clock.after(milliseconds, () => {
      if (this.workloads.get(key) !== workload) return;
      if (milliseconds === LOOK) workload.isWaiting = false;
      this.sync(key, workload);
    });
  }

  private sync(key: string, workload: Workload): void {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = this.api.get('Deployment', namespace, name);
    if (!deployment) return;
    const { sets } = workload;
    const known = sets.find((set) => equal(set.template, at(deployment, 'spec', 'template')));
    if (deployment.metadata['deletionTimestamp'] !== undefined) {
      this.report(key, deployment, sets, known, false);
      return;
    }
    const desired = desiredOf(deployment);
    if (sets.some((set) => set.replicas > 0 && set.wanted !== desired)) {
      // The status that goes with scaling is derived from the sizes before.
      const status = this.statusOf(deployment, sets, known, false);
      this.scale(sets, known, desired);
      this.write(deployment, status);
      this.enqueue(key);
      return;
    }
    const fresh = known ?? this.makeSet(key, deployment, workload);
    const old = sets.filter((set) => set !== fresh);
    if (!fresh) {
      for (const set of old) set.scale(0, desired);
      this.report(key, deployment, sets, undefined, true);
      return;
    }
    const isRevised = this.revise(deployment, fresh, old, fresh !== known);
    if (isRecreate(deployment)) {
      for (const set of old) set.scale(0, desired);
      fresh.scale(desired, desired);
    } else roll(deployment, fresh, old);
    // A revision just written makes the rest of this turn a conflict: the status follows in the next.
    if (isRevised) this.enqueue(key);
    else this.report(key, deployment, sets, fresh, true);
  }

  private makeSet(key: string, deployment: StoredObject, { sets }: Workload): ReplicaSet | undefined {
    // Recreate waits until the last old pod is gone.
    if (isRecreate(deployment) && sets.some((set) => set.replicas > 0 || set.pods.length > 0))
      return undefined;
    const template = clone(objectAt(deployment, 'spec', 'template'));
    const desired = desiredOf(deployment);
    const set = new ReplicaSet(
      {
        name: `${deployment.metadata.name}-${shortHash(goJson(template))}`,
        template,
        revision: 0,
        replicas: freshReplicas(deployment, sets, 0),
        wanted: desired,
      },
      {
        clock: this.clock,
        nodes: this.nodes,
        kubelet: this.kubelet,
        namespace: deployment.metadata.namespace,
        changed: () => this.enqueue(key),
        podsInNamespace: () => this.countPods(deployment.metadata.namespace),
      },
    );
    sets.push(set);
    return set;
  }

  private countPods(namespace: string): number {
    let count = 0;
    for (const [key, { sets }] of this.workloads) {
      if (key.startsWith(`${namespace}/`)) for (const set of sets) count += set.pods.length;
    }
    return count;
  }

  private revise(
    deployment: StoredObject,
    fresh: ReplicaSet,
    old: readonly ReplicaSet[],
    isMade: boolean,
  ): boolean {
    const highest = Math.max(0, ...old.map((set) => set.revision));
    if (fresh.revision <= highest) fresh.revision = highest + 1;
    const revision = String(fresh.revision);
    if (!isMade && stringAt(deployment, 'metadata', 'annotations', REVISION) === revision) return false;
    const copy = clone(deployment);
    copy.metadata['annotations'] = { ...objectAt(copy, 'metadata', 'annotations'), [REVISION]: revision };
    if (isMade) copy['status'] = withNewReplicaSet(deployment, fresh.name, this.clock.timestamp());
    this.api.updateStatus(copy, MANAGER);
    return true;
  }

  /** Somebody scaled the Deployment: the difference is added to the newest set, or removed from the oldest. */
  private scale(sets: readonly ReplicaSet[], known: ReplicaSet | undefined, desired: number): void {
    const active = sets.filter((set) => set.replicas > 0);
    const newest = known ?? active.at(-1);
    const others = active.filter((set) => set !== newest);
    if (others.length === 0) newest?.scale(desired, desired);
    let surplus = others.length === 0 ? 0 : active.reduce((sum, set) => sum + set.replicas, 0) - desired - 1;
    for (const set of others) {
      const fewer = Math.max(Math.min(surplus, set.replicas), 0);
      surplus -= fewer;
      set.scale(set.replicas - fewer, desired);
    }
    for (const set of sets) set.wanted = desired;
  }

  private statusOf(
    deployment: StoredObject,
    all: readonly ReplicaSet[],
    fresh: ReplicaSet | undefined,
    judges: boolean,
  ): JsonObject {
    const maxUnavailable = isRecreate(deployment) ? desiredOf(deployment) : limitsOf(deployment).unavailable;
    return deploymentStatus({
      deployment,
      all,
      fresh,
      maxUnavailable,
      judges,
      now: this.clock.now(),
      time: this.clock.timestamp(),
    });
  }

  private report(
    key: string,
    deployment: StoredObject,
    all: readonly ReplicaSet[],
    fresh: ReplicaSet | undefined,
    judges: boolean,
  ): void {
    const stored = this.write(deployment, this.statusOf(deployment, all, fresh, judges));
    const wait = judges ? untilOverdue(stored, this.clock.now()) : undefined;
    if (wait !== undefined) this.enqueue(key, wait);
  }

  private write(deployment: StoredObject, status: JsonObject): StoredObject {
    if (equal(deployment['status'], status)) return deployment;
    try {
      return this.api.updateStatus({ ...deployment, status }, MANAGER);
    } catch (error) {
      if (error instanceof ApiError) return deployment;
      throw error;
    }
  }
}

/** A Deployment that comes with a status was somewhere else before: it is loaded, not made. */
const isSettled = (deployment: StoredObject): boolean =>
  (numberAt(deployment, 'status', 'readyReplicas') ?? 0) > 0;
