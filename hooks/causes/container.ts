import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import { describeEnd, endedCause } from './ended.ts';
import { imageCause } from './image.ts';
import { kubeletWords, lastWords } from './words.ts';

/** A container of a pod, as its spec and its status have it. */
export interface Container {
  readonly spec: JsonObject;
  /** Empty until the kubelet has written one. */
  readonly status: JsonObject;
  readonly isInit: boolean;
}

/** As a message names a container. */
export const nameOf = ({ spec, isInit }: Container): string =>
  `${isInit ? 'init container' : 'container'} ${foreignText(spec['name'], 63)}`;

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
export function containerCause(container: Container, isRecovered: boolean): PodCause | undefined {
  const { spec, status, isInit } = container;
  const name = nameOf(container);
  const state = objectOf(status['state']);
  const waiting = objectOf(state['waiting']);
  const reason = textOf(waiting['reason']);
  const terminated = isObject(state['terminated']) ? state['terminated'] : undefined;
  const before = objectOf(status['lastState'])['terminated'];
  const ended = terminated ?? (isObject(before) ? before : undefined);
  const isBlocked = !starting.has(reason) && reason !== 'CrashLoopBackOff';
  const blocked =
    imageCause(waiting, name, spec['image']) ?? (isBlocked ? blockedCause(waiting, name) : undefined);
  if (blocked) return { ...blocked, fallback: ended && describeBefore(ended) };

  const isDone = isInit && terminated?.['exitCode'] === 0;
  if (!ended || isDone || isRecovered) return undefined;
  const memoryLimit = objectOf(objectOf(spec['resources'])['limits'])['memory'];
  return endedCause({
    ...{ container: name, isInit, terminated: ended, memoryLimit },
    restarts: status['restartCount'],
  });
}

/** How a container ended that can't be started again for another reason. */
function describeBefore(ended: JsonObject): string {
  const words = lastWords(ended['message']);
  return `before that, it ended ${describeEnd(ended)}${words === undefined ? '' : `: ${words}`}`;
}

/** What the kubelet waits for before it can start a container, such as a Secret that is missing. */
function blockedCause(waiting: JsonObject, container: string): PodCause {
  const reason = textOf(waiting['reason']);
  return {
    reason: camelCase.test(reason) ? reason : 'ContainerNotStarted',
    said: `${container} can't be started`,
    words: kubeletWords(waiting['message']),
    // What is missing may come: with a Secret that another controller makes, it often does.
    certain: false,
  };
}
