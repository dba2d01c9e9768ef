import { type JsonObject, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import { lastWords } from './words.ts';

/**
 * After so many restarts a container has failed for over two minutes, as the kubelet waits longer each time (10 s, 20 s,
 * 40 s, 80 s): what it waits for, such as a database that starts, would have come.
 */
const CERTAIN_RESTARTS = 4;

/** What a container is restarted after. */
export interface Ended {
  /** As a message names it: `container registry-api`. */
  readonly container: string;
  readonly isInit: boolean;
  /** The state it ended in (kubernetes: ContainerStateTerminated). */
  readonly terminated: JsonObject;
  readonly restarts: unknown;
  /** The limit of its memory, as the pod has it. */
  readonly memoryLimit: unknown;
}

/** Why a container that ended, and was or will be restarted, is not there. */
export function endedCause({ container, isInit, terminated, restarts, memoryLimit }: Ended): PodCause {
  const certain = typeof restarts === 'number' && restarts >= CERTAIN_RESTARTS;
  const often = certain ? ', five times or more' : '';
  if (terminated['reason'] === 'OOMKilled') {
    const limit = foreignText(memoryLimit, 30);
    const what = limit ? `its limit of ${limit} (resources.limits.memory)` : 'what its node has left';
    return {
      reason: 'OOMKilled',
      said: `${container} was ended${often}${often ? ',' : ''} because it used more memory than ${what}`,
      certain,
    };
  }
  return {
    reason: isInit ? 'InitContainerFailed' : 'CrashLoopBackOff',
    said: `${container} ended ${describeEnd(terminated)}${often}`,
    words: lastWords(terminated['message']),
    certain,
  };
}

/** Exit codes of 128 and more are signals (https://tldp.org/LDP/abs/html/exitcodes.html). */
const signals: ReadonlyMap<unknown, string> = new Map([
  [134, 'it was aborted'],
  [137, 'it was killed, as the kubelet does when its liveness probe fails or it does not stop in time'],
  [139, 'it accessed memory that is not its own'],
  [143, 'it was asked to stop, as the kubelet does when its liveness probe fails'],
]);

/** How a container ended, as the rest of a sentence: `with exit code 1`. */
export function describeEnd({ exitCode, reason }: JsonObject): string {
  const code = typeof exitCode === 'number' ? String(exitCode) : 'that is not known';
  // A program that could not be started at all has a code that says nothing.
  const unstarted = /^(ContainerCannotRun|StartError)$/.test(textOf(reason)) ? ', before it had started' : '';
  const signal = signals.get(exitCode);
  const done = exitCode === 0 ? ' (nothing failed, but it has to go on)' : '';
  return `with exit code ${code}${signal ? ` (${signal})` : done}${unstarted}`;
}
