import type { ApiServer } from '../api-server/api-server.ts';
import type { Clock } from '../clock.ts';
import { at, isObject, type KubeObject, listAt, numberAt } from '../json.ts';
import type { Nodes } from './nodes.ts';
import { type ContainerState, containerId, type Pod, podObject } from './pod.ts';
import { fitsNowhere, hasConfigMaps, lowOnMemory, noSuchImage, type Trouble } from './troubles.ts';

const SCHEDULER = 'kube-scheduler';
const KUBELET = 'kubelet';
/** From a pod's creation to its binding, and from that to the kubelet's first status, in milliseconds. */
const BINDING = 1;
const FIRST_STATUS = 5;
/** How long a failed pull of an image shows its own reason, before the back-off does. */
const PULL_SHOWN = 1500;
/** How long a container that ended shows that, before the back-off does. */
const END_SHOWN = 1000;
/** Back-off of pulls and restarts: 10 s, doubled by each failure, at most five minutes. */
const FIRST_BACKOFF = 10_000;
const MOST_BACKOFF = 300_000;
/** Back-off of volumes: half a second, doubled, at most two minutes and two seconds. */
const FIRST_MOUNT = 500;
const MOST_MOUNT = 122_000;
/** A start that takes less shows no state between. */
const QUICK = 100;

type Pull = Extract<Trouble, { is: 'image' }>;
type Crash = Extract<Trouble, { is: 'crash' }>;

/**
 * Scheduler and kubelet: what becomes of a pod that a ReplicaSet made, and what they write of it. Their writes are no
 * requests of the log (`ApiServer.writes`), but everybody who watches pods sees them.
 */
export class Kubelet {
  private readonly api: ApiServer;
  private readonly clock: Clock;
  private readonly nodes: Nodes;
  private uids = 0;
  private readonly attempts = new WeakMap<Pod, number>();

  constructor(api: ApiServer, clock: Clock, nodes: Nodes) {
    this.api = api;
    this.clock = clock;
    this.nodes = nodes;
  }

  /** The uid of an object that is no request of the log. */
  newUid(): string {
    return `00000000-0000-4000-9000-${(++this.uids).toString(16).padStart(12, '0')}`;
  }

  /** A pod was made. */
  made(pod: Pod): void {
    this.show(pod, 'kube-controller-manager');
  }

  /**
   * Has a pod that waits for a node, or to become ready, meet the nodes as they are now. One that waits for a back-off
   * goes on waiting.
   *
   * @param changed called when the pod became ready
   * @param failed called when the pod is over, and another has to be made
   */
  start(pod: Pod, changed: () => void, failed: () => void): void {
    if (pod.isReady || pod.isEnding || pod.timer || pod.step || pod.evicted !== undefined) return;
    if (!pod.isScheduled) {
      const refusal = this.refusal(pod);
      if (refusal !== undefined) {
        const isNews = pod.unscheduled !== refusal;
        pod.unscheduled = refusal;
        if (isNews) this.later(pod, BINDING, SCHEDULER);
        return;
      }
      pod.unscheduled = undefined;
      pod.isScheduled = true;
      this.later(pod, BINDING, SCHEDULER);
    }
    this.clock.after(FIRST_STATUS, () => {
      if (pod.started !== undefined || pod.isEnding) return;
      this.take(pod);
      this.show(pod);
    });
    this.proceed(pod, changed, failed);
  }

  /** All containers run, and are ready or not, at once: no trouble is asked. */
  ready(pod: Pod, isReady: boolean): void {
    this.halt(pod);
    this.take(pod);
    for (const container of pod.initContainers.values()) this.complete(pod, container);
    for (const container of pod.containers.values()) this.run(container, isReady);
    pod.isReady = isReady;
    this.show(pod);
  }

  /** A pod was deleted: its containers are given time to end. */
  ending(pod: Pod): void {
    this.halt(pod);
    const seconds = numberAt(pod.template, 'spec', 'terminationGracePeriodSeconds') ?? 30;
    const timestamp = `${new Date(this.clock.now() + seconds * 1000).toISOString().slice(0, 19)}Z`;
    pod.deletion = { seconds, timestamp };
    this.show(pod);
  }

  /** A pod is gone. */
  gone(pod: Pod): void {
    this.halt(pod);
    pod.isGone = true;
    this.api.forget('Pod', pod.namespace, pod.name, KUBELET);
  }

  private halt(pod: Pod): void {
    pod.timer?.();
    pod.step?.();
    pod.timer = undefined;
    pod.step = undefined;
  }

  /** Why the scheduler finds no node for a pod, in its words; undefined where it finds one. */
  private refusal({ template }: Pod): string | undefined {
    const trouble = this.nodes.trouble(template);
    const { labels } = this.nodes;
    const count = labels === 'any' ? 1 : labels.length;
    if (trouble?.is === 'unschedulable')
      return (
        trouble.message ??
        fitsNowhere(count, 'Insufficient memory', 'No preemption victims found for incoming pod')
      );
    if (trouble?.is === 'claim') {
      const { missing } = trouble;
      const why = missing
        ? `persistentvolumeclaim "${missing}" not found`
        : 'pod has unbound immediate PersistentVolumeClaims';
      return `0/${count} nodes are available: ${why}. not found`;
    }
    const wanted = at(template, 'spec', 'nodeSelector');
    const selector = Object.entries(isObject(wanted) ? wanted : {});
    const fits =
      labels === 'any' || labels.some((node) => selector.every(([key, value]) => node[key] === value));
    return fits
      ? undefined
      : fitsNowhere(
          count,
          "node(s) didn't match Pod's node affinity/selector",
          'Preemption is not helpful for scheduling',
        );
  }

  /** The next try to have it run, with the trouble of this moment. */
  private proceed(pod: Pod, changed: () => void, failed: () => void): void {
    if (!this.nodes.starts(pod.template)) return;
    const trouble = this.nodes.trouble(pod.template);
    const again = (milliseconds: number) => {
      pod.step = this.clock.after(milliseconds, () => {
        pod.step = undefined;
        this.proceed(pod, changed, failed);
      });
    };
    if (trouble && this.meet(pod, trouble, again)) return;
    this.startUp(pod, () => {
      this.attempts.delete(pod);
      changed();
      if (trouble?.is !== 'evict') return;
      pod.step = this.clock.after(trouble.afterMilliseconds ?? 30_000, () => {
        this.evict(pod);
        failed();
      });
    });
  }

  /** @returns whether the trouble keeps the pod from starting */
  private meet(pod: Pod, trouble: Trouble, again: (milliseconds: number) => void): boolean {
    switch (trouble.is) {
      case 'mounts':
        if (hasConfigMaps(this.api, pod.namespace, pod.template)) return false;
        again(Math.min(FIRST_MOUNT * 2 ** this.attempt(pod), MOST_MOUNT));
        return true;
      case 'image':
        this.pull(pod, trouble, again);
        return true;
      case 'config':
        this.fail(pod, trouble.container, (main) => {
          main.state = { waiting: { message: trouble.message, reason: 'CreateContainerConfigError' } };
        });
        return true;
      case 'crash':
        if (trouble.init === true && pod.initContainers.size === 0) return false;
        this.crash(pod, trouble, again);
        return true;
      case 'probe':
        this.fail(pod, trouble.container, (main) => this.run(main, false));
        return true;
      default:
        return false;
    }
  }

  private pull(pod: Pod, trouble: Pull, again: (milliseconds: number) => void): void {
    this.fail(pod, trouble.container, (main, image) => {
      const failure = trouble.message ?? noSuchImage(image);
      main.state = { waiting: { message: failure, reason: 'ErrImagePull' } };
      const backOff = Math.min(FIRST_BACKOFF * 2 ** this.attempt(pod), MOST_BACKOFF);
      pod.step = this.clock.after(PULL_SHOWN, () => {
        const message = `Back-off pulling image "${image}": ErrImagePull: ${failure}`;
        main.state = { waiting: { message, reason: 'ImagePullBackOff' } };
        this.show(pod);
        again(backOff - PULL_SHOWN);
      });
    });
  }

  private attempt(pod: Pod): number {
    const attempt = this.attempts.get(pod) ?? 0;
    this.attempts.set(pod, attempt + 1);
    return attempt;
  }

  /** Volumes and network are there, all but one container run, and that one is as `act` makes it. */
  private fail(pod: Pod, name: string | undefined, act: (main: ContainerState, image: string) => void): void {
    const [first] = pod.containers.keys();
    const chosen = name !== undefined && pod.containers.has(name) ? name : first;
    this.take(pod);
    pod.hasSandbox = true;
    for (const container of pod.initContainers.values()) this.complete(pod, container);
    for (const [each, container] of pod.containers) {
      if (each !== chosen) this.run(container, true);
    }
    const main = pod.containers.get(chosen ?? '');
    const found = listAt(pod.template, 'spec', 'containers').find((each) => at(each, 'name') === chosen);
    if (main) act(main, String(at(found, 'image')));
    this.show(pod);
  }

  private crash(pod: Pod, trouble: Crash, again: (milliseconds: number) => void): void {
    const states = trouble.init === true ? pod.initContainers : pod.containers;
    const [first = ''] = states.keys();
    const name = trouble.container !== undefined && states.has(trouble.container) ? trouble.container : first;
    const container = states.get(name);
    if (!container) return;
    if (trouble.init === true) {
      this.take(pod);
      pod.hasSandbox = true;
      this.run(container, false);
      for (const each of pod.containers.values()) each.state = { waiting: { reason: 'PodInitializing' } };
      this.show(pod);
    } else this.fail(pod, name, (main) => this.run(main, false));
    const started = this.clock.timestamp();
    pod.step = this.clock.after(trouble.runsMilliseconds ?? 3000, () => {
      const crash = this.attempt(pod);
      const message = trouble.message?.(crash, this.clock.now());
      const terminated = {
        containerID: containerId(pod, name, container.restarts),
        exitCode: trouble.exitCode ?? 1,
        finishedAt: this.clock.timestamp(),
        ...(message !== undefined && { message }),
        reason: trouble.reason ?? 'Error',
        startedAt: started,
      };
      container.state = { terminated };
      container.isReady = false;
      this.show(pod);
      // The first restart comes at once.
      const backOff = crash === 0 ? 0 : Math.min(FIRST_BACKOFF * 2 ** (crash - 1), MOST_BACKOFF);
      pod.step = this.clock.after(END_SHOWN, () => {
        container.last = { terminated };
        if (backOff === 0) {
          again(1);
          return;
        }
        const { namespace, uid } = pod;
        container.state = {
          waiting: {
            message: `back-off ${shown(backOff)} restarting failed container=${name} pod=${pod.name}_${namespace}(${uid})`,
            reason: 'CrashLoopBackOff',
          },
        };
        this.show(pod);
        again(backOff - END_SHOWN);
      });
    });
  }

  private startUp(pod: Pod, changed: () => void): void {
    const { readyAfterMilliseconds } = this.nodes;
    const becomeReady = () => {
      pod.timer = undefined;
      this.ready(pod, true);
      changed();
    };
    if (readyAfterMilliseconds < QUICK) {
      pod.timer = this.clock.after(readyAfterMilliseconds, becomeReady);
      return;
    }
    const half = Math.floor(readyAfterMilliseconds / 2);
    pod.timer = this.clock.after(half, () => {
      this.take(pod);
      pod.hasSandbox = true;
      for (const container of pod.initContainers.values()) this.complete(pod, container);
      for (const container of pod.containers.values()) this.run(container, false);
      this.show(pod);
      pod.timer = this.clock.after(readyAfterMilliseconds - half, becomeReady);
    });
  }

  private evict(pod: Pod): void {
    this.halt(pod);
    const [first = ''] = pod.containers.keys();
    const finishedAt = this.clock.timestamp();
    for (const container of pod.containers.values()) {
      const startedAt = at(container.state, 'running', 'startedAt') ?? finishedAt;
      container.state = { terminated: { exitCode: 137, finishedAt, reason: 'Error', startedAt } };
      container.isReady = false;
    }
    pod.isReady = false;
    pod.evicted = lowOnMemory(first);
    this.show(pod);
  }

  /** The kubelet takes the pod: its containers wait to be made. */
  private take(pod: Pod): void {
    if (pod.started !== undefined) return;
    pod.started = this.clock.timestamp();
    pod.isScheduled = true;
    pod.unscheduled = undefined;
    for (const container of pod.initContainers.values())
      container.state = { waiting: { reason: 'PodInitializing' } };
    const reason = pod.initContainers.size > 0 ? 'PodInitializing' : 'ContainerCreating';
    for (const container of pod.containers.values()) container.state = { waiting: { reason } };
  }

  private run(container: ContainerState, isReady: boolean): void {
    if (container.state['running'] === undefined) {
      if (container.state['terminated'] !== undefined) container.last = container.state;
      if (container.last['terminated'] !== undefined) container.restarts++;
      container.state = { running: { startedAt: this.clock.timestamp() } };
    }
    container.isReady = isReady;
  }

  private complete(pod: Pod, container: ContainerState): void {
    if (container.isReady) return;
    this.run(container, true);
    const now = this.clock.timestamp();
    const containerID = containerId(pod, 'init', container.restarts);
    container.state = {
      terminated: { containerID, exitCode: 0, finishedAt: now, reason: 'Completed', startedAt: now },
    };
  }

  private later(pod: Pod, milliseconds: number, by: string): void {
    this.clock.after(milliseconds, () => this.show(pod, by));
  }

  private show(pod: Pod, by = KUBELET): void {
    if (pod.isGone) return;
    const object = podObject(pod, 'node-0', this.clock.timestamp());
    this.api.record(object as KubeObject, by);
  }
}

/** A duration as Go writes it, of whole seconds. */
function shown(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
}
