import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import { describeProbe } from './describe-probe.ts';
import { describeEnd, endedCause, isUnstarted } from './ended.ts';
import { imageCause } from './image.ts';
import { kubeletWords, lastWords } from './words.ts';

/** A container of a pod, as its spec and its status have it. */
export interface Container {
  readonly spec: JsonObject;
  /** Empty until the kubelet has written one. */
  readonly status: JsonObject;
  readonly isInit: boolean;
}

/** What of a pod its containers share. */
export interface PodParts {
  /** Images that are volumes. */
  readonly images: readonly string[];
  /** The limit of the memory of all containers together. */
  readonly memoryLimit: unknown;
}

/** Whether an init container runs beside the others (https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/). */
export const isSidecar = ({ spec, isInit }: Container): boolean =>
  isInit && spec['restartPolicy'] === 'Always';

/** As a message names a container. */
export function nameOf(container: Container): string {
  const kind = isSidecar(container) ? 'sidecar container' : container.isInit ? 'init container' : 'container';
  return `${kind} ${foreignText(container.spec['name'], 63)}`;
}

/** Waiting for these is a part of every start. */
const starting: ReadonlySet<string> = new Set(['', 'ContainerCreating', 'PodInitializing']);

/** What a program may take for a reason. */
const camelCase = /^[A-Z][A-Za-z]{1,60}$/;

/**
 * Why a container is not ready, from its status alone.
 *
 * A container that failed is quoted with its last words as long as it is not ready, whether it waits, runs again or has just
 * ended: these follow each other with each crash.
 *
 * @param isRecovered whether it has run for so long since it last failed that it is something else that keeps it from being ready
 * @returns undefined if nothing has gone wrong that its status knows of
 */
export function containerCause(
  container: Container,
  pod: PodParts,
  isRecovered: boolean,
): PodCause | undefined {
  const { spec, status } = container;
  const name = nameOf(container);
  const state = objectOf(status['state']);
  const waiting = objectOf(state['waiting']);
  const reason = textOf(waiting['reason']);
  const terminated = isObject(state['terminated']) ? state['terminated'] : undefined;
  const before = objectOf(status['lastState'])['terminated'];
  const ended = terminated ?? (isObject(before) ? before : undefined);

  const image = imageCause(waiting, name, spec['image'], pod.images);
  const isBlocked = !starting.has(reason) && reason !== 'CrashLoopBackOff';
  const blocked = image ?? (isBlocked ? blockedCause(reason, waiting['message'], name) : undefined);
  if (blocked) return { ...blocked, fallback: ended && describeBefore(ended) };

  const isInit = container.isInit && !isSidecar(container);
  const isDone = isInit && terminated?.['exitCode'] === 0;
  if (!ended || isDone || isRecovered) return undefined;
  // The kubelet says the first at each attempt, and the second in between.
  if (isUnstarted(ended['reason'])) return blockedCause('RunContainerError', ended['message'], name);
  const liveness = isObject(spec['livenessProbe'])
    ? `its liveness probe${describeProbe(spec['livenessProbe'])}`
    : undefined;
  return endedCause({
    ...{ container: name, isInit, terminated: ended, liveness },
    memoryLimit: memoryLimitOf(status) ?? memoryLimitOf(spec) ?? pod.memoryLimit,
    restarts: status['restartCount'],
  });
}

/** @param holder what has `resources`: a container, its status, where a limit was changed while it runs, or the spec of a pod */
export const memoryLimitOf = (holder: JsonObject): unknown =>
  objectOf(objectOf(holder['resources'])['limits'])['memory'];

/** How a container ended that can't be started again for another reason. */
function describeBefore(ended: JsonObject): string {
  const words = lastWords(ended['message']);
  return `before that, it ended ${describeEnd(ended)}${words === undefined ? '' : `: ${words}`}`;
}

/** What the kubelet waits for before it can start a container, such as a Secret that is missing. */
function blockedCause(reason: string, message: unknown, container: string): PodCause {
  const words = kubeletWords(message);
  return {
    reason: camelCase.test(reason) ? reason : 'ContainerNotStarted',
    said: `${container} can't be started`,
    words,
    // What is missing may come: with a Secret that another controller makes, it often does. A user of an image never changes.
    certain: words !== undefined && /\brunAsNonRoot\b/.test(words),
  };
}
