import type { Cancel, Clock } from '../clock.ts';
import { at, isObject, type JsonObject } from '../json.ts';
import type { Nodes } from './nodes.ts';

export interface Pod {
  readonly name: string;
  readonly template: JsonObject;
  isScheduled: boolean;
  isReady: boolean;
  isEnding: boolean;
  timer: Cancel | undefined;
}

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
  status: ReplicaSetStatus = { replicas: 0, ready: 0, ending: undefined, failure: undefined };
  name: string;
  readonly template: JsonObject;
  revision: number;
  replicas: number;
  /** The Deployment's replicas when this one was scaled last: a difference says that somebody scaled the Deployment. */
  wanted: number;
  private readonly clock: Clock;
  private readonly nodes: Nodes;
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
    world: { clock: Clock; nodes: Nodes; changed: () => void; podsInNamespace: () => number },
  ) {
    this.name = parts.name;
    this.template = parts.template;
    this.revision = parts.revision;
    this.replicas = parts.replicas;
    this.wanted = parts.wanted;
    this.clock = world.clock;
    this.nodes = world.nodes;
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
    for (const pod of this.pods) {
      pod.timer?.();
      Object.assign(pod, { timer: undefined, isScheduled: true, isReady: true });
    }
    this.status = { replicas: this.replicas, ready: this.replicas, ending: 0, failure: undefined };
  }

  setReady(isReady: boolean): void {
    for (const pod of this.pods) {
      if (pod.isEnding || !pod.isScheduled) continue;
      pod.timer?.();
      pod.timer = undefined;
      pod.isReady = isReady;
    }
    this.look();
  }

  /** Ends all pods and makes no more: a ReplicaSet that is deleted in the foreground. */
  drain(): void {
    if (this.isDrained) return;
    this.isDrained = true;
    for (const pod of [...this.pods]) if (!pod.isEnding) this.stop(pod);
    this.look();
  }

  /** Ends all pods and the controller: what garbage collection does to a ReplicaSet without its owner. */
  end(): void {
    this.isGone = true;
    for (const pod of this.pods) pod.timer?.();
    this.pods.length = 0;
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
    const pod: Pod = {
      name,
      template: this.template,
      isScheduled: false,
      isReady: false,
      isEnding: false,
      timer: undefined,
    };
    this.pods.push(pod);
    this.start(pod);
    this.look();
    return undefined;
  }

  private start(pod: Pod): void {
    if (pod.isReady || pod.isEnding || pod.timer) return;
    const wanted = at(this.template, 'spec', 'nodeSelector');
    const { labels } = this.nodes;
    const selector = Object.entries(isObject(wanted) ? wanted : {});
    const fits =
      labels === 'any' || labels.some((node) => selector.every(([key, value]) => node[key] === value));
    if (!fits && !pod.isScheduled) return;
    pod.isScheduled = true;
    if (!this.nodes.starts(this.template)) return;
    pod.timer = this.clock.after(this.nodes.readyAfterMilliseconds, () => {
      pod.timer = undefined;
      pod.isReady = true;
      this.look();
    });
  }

  private stop(pod: Pod): void {
    pod.timer?.();
    pod.isEnding = true;
    pod.isReady = false;
    const gone = () => {
      const index = this.pods.indexOf(pod);
      if (index >= 0) this.pods.splice(index, 1);
      this.look();
    };
    // Nobody has to stop what never ran.
    if (pod.isScheduled && this.nodes.endsAfterMilliseconds > 0)
      pod.timer = this.clock.after(this.nodes.endsAfterMilliseconds, gone);
    else gone();
    this.look();
  }
}
