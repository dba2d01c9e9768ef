import type { Clock } from '../clock.ts';
import type { JsonObject } from '../json.ts';
import type { Kubelet } from './kubelet.ts';
import type { Nodes } from './nodes.ts';
import { newPod, type Pod } from './pod.ts';

export type { Pod };

/** What a ReplicaSet's controller last reported of it. */
export interface ReplicaSetStatus {
  readonly replicas: number;
  readonly ready: number;
  /** Unknown until the controller has looked once. */
  readonly ending: number | undefined;
  /** Why pods could not be made. */
  readonly failure: string | undefined;
}

/** From a change to the controller's next look at it. */
const LOOK = 4;
/** A refused pod is tried again later and later, at most this much later. */
const MOST_RETRY = 30_000;

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** One generation of pods, and the controller that keeps their number. */
export class ReplicaSet {
  readonly pods: Pod[] = [];
  /** Pods that are over and still shown: they count no more. */
  private readonly failed: Pod[] = [];
  status: ReplicaSetStatus = { replicas: 0, ready: 0, ending: undefined, failure: undefined };
  name: string;
  readonly template: JsonObject;
  revision: number;
  replicas: number;
  /** The Deployment's replicas when this one was scaled last: a difference says that somebody scaled the Deployment. */
  wanted: number;
  private readonly clock: Clock;
  private readonly nodes: Nodes;
  private readonly kubelet: Kubelet;
  private readonly namespace: string;
  private readonly uid: string;
  private readonly changed: () => void;
  private readonly podsInNamespace: () => number;
  private isWaiting = false;
  private failures = 0;
  private made = 0;
  private isGone = false;
  private isDrained = false;

  /** @param changed called when the status changed */
  constructor(
    parts: { name: string; template: JsonObject; revision: number; replicas: number; wanted: number },
    world: {
      clock: Clock;
      nodes: Nodes;
      kubelet: Kubelet;
      namespace: string;
      changed: () => void;
      podsInNamespace: () => number;
    },
  ) {
    this.name = parts.name;
    this.template = parts.template;
    this.revision = parts.revision;
    this.replicas = parts.replicas;
    this.wanted = parts.wanted;
    this.clock = world.clock;
    this.nodes = world.nodes;
    this.kubelet = world.kubelet;
    this.namespace = world.namespace;
    this.uid = world.kubelet.newUid();
    this.changed = world.changed;
    this.podsInNamespace = world.podsInNamespace;
    this.look();
  }

  scale(replicas: number, wanted: number): void {
    this.wanted = wanted;
    if (this.replicas === replicas) return;
    this.replicas = replicas;
    this.look();
    this.changed();
  }

  /** Has the controller look again soon. */
  look(milliseconds = LOOK): void {
    if (this.isWaiting || this.isGone) return;
    this.isWaiting = true;
    this.clock.after(milliseconds, () => {
      this.isWaiting = false;
      if (!this.isGone) this.sync();
    });
  }

  /** Has pods that wait for a node, or to become ready, meet the nodes as they are now. */
  nudge(): void {
    for (const pod of this.pods) this.start(pod);
    if (this.status.failure !== undefined) this.sync();
  }

  /** Makes all pods exist and be ready, and the status match, without an event. */
  settle(): void {
    for (let index = 0; index < this.replicas; index++) this.make();
    for (const pod of this.pods) this.kubelet.ready(pod, true);
    this.status = { replicas: this.replicas, ready: this.replicas, ending: 0, failure: undefined };
  }

  setReady(isReady: boolean): void {
    for (const pod of this.pods) {
      if (pod.isEnding || !pod.isScheduled) continue;
      // What a trouble keeps from running has no readiness to lose.
      if (isReady || pod.isReady || !pod.step) this.kubelet.ready(pod, isReady);
    }
    this.look();
  }

  /** Ends all pods and makes no more: a ReplicaSet that is deleted in the foreground. */
  drain(): void {
    if (this.isDrained) return;
    this.isDrained = true;
    for (const pod of [...this.pods]) if (!pod.isEnding) this.stop(pod);
    for (const pod of this.failed.splice(0)) this.kubelet.gone(pod);
    this.look();
  }

  /** Ends all pods and the controller: what garbage collection does to a ReplicaSet without its owner. */
  end(): void {
    this.isGone = true;
    for (const pod of [...this.pods.splice(0), ...this.failed.splice(0)]) this.kubelet.gone(pod);
  }

  private sync(): void {
    const active = this.pods.filter((pod) => !pod.isEnding);
    const before: ReplicaSetStatus = {
      replicas: active.length,
      ready: active.filter((pod) => pod.isReady).length,
      ending: this.pods.length - active.length,
      failure: undefined,
    };
    if (this.isDrained) {
      this.report(before);
      return;
    }
    let failure: string | undefined;
    for (let missing = this.replicas - active.length; missing > 0 && failure === undefined; missing--)
      failure = this.make();
    if (failure === undefined) this.failures = 0;
    else this.look(Math.min(50 * 2 ** this.failures++, MOST_RETRY));
    const surplus = Math.max(active.length - this.replicas, 0);
    for (const pod of active
      .sort((left, right) => Number(left.isReady) - Number(right.isReady))
      .slice(0, surplus))
      this.stop(pod);
    this.report({ ...before, failure });
  }

  private report(status: ReplicaSetStatus): void {
    const { replicas, ready, ending, failure } = this.status;
    // A condition's message is not written again while its status and reason stay.
    const kept = failure !== undefined && status.failure !== undefined ? failure : status.failure;
    if (
      replicas === status.replicas &&
      ready === status.ready &&
      ending === status.ending &&
      failure === kept
    )
      return;
    this.status = { ...status, failure: kept };
    this.changed();
  }

  private make(): string | undefined {
    const suffix = [1, 7, 49, 343, 2401].map(
      (step) => letters[(this.made * 3 + Math.floor(this.made / step)) % letters.length],
    );
    const name = `${this.name}-${suffix.join('')}`;
    this.made++;
    const { podQuota } = this.nodes;
    const used = podQuota === undefined ? 0 : this.podsInNamespace();
    if (podQuota !== undefined && used >= podQuota) {
      return `pods "${name}" is forbidden: exceeded quota: none, requested: pods=1, used: pods=${used}, limited: pods=${podQuota}`;
    }
    const pod = newPod({
      name,
      namespace: this.namespace,
      uid: this.kubelet.newUid(),
      template: this.template,
      created: this.clock.timestamp(),
      owner: { name: this.name, uid: this.uid },
    });
    this.pods.push(pod);
    this.kubelet.made(pod);
    this.start(pod);
    this.look();
    return undefined;
  }

  private start(pod: Pod): void {
    this.kubelet.start(
      pod,
      () => this.look(),
      () => {
        this.remove(pod);
        this.failed.push(pod);
        this.look();
      },
    );
  }

  private remove(pod: Pod): void {
    const index = this.pods.indexOf(pod);
    if (index >= 0) this.pods.splice(index, 1);
  }

  private stop(pod: Pod): void {
    pod.isEnding = true;
    pod.isReady = false;
    this.kubelet.ending(pod);
    const gone = () => {
      this.remove(pod);
      this.kubelet.gone(pod);
      this.look();
    };
    // Nobody has to stop what never ran.
    if (pod.isScheduled && this.nodes.endsAfterMilliseconds > 0)
      pod.timer = this.clock.after(this.nodes.endsAfterMilliseconds, gone);
    else gone();
    this.look();
  }
}
