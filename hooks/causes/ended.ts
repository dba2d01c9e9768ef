import { type JsonObject, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import { type PodCause, passing } from './cause.ts';
import { lastWords } from './words.ts';

/**
 * After so many restarts a container has failed for over two minutes, as the kubelet waits longer each time (10 s, 20 s,
 * 40 s, 80 s).
 */
const CERTAIN_RESTARTS = 4;
/** A container that has run for longer is not in a loop: the kubelet begins with its shortest wait again. */
const LOOP_MS = 600_000;

/** What a container is restarted after. */
export interface Ended {
  /** As a message names it: `container registry-api`. */
  readonly container: string;
  readonly isInit: boolean;
  /** The state it ended in (kubernetes: ContainerStateTerminated). */
  readonly terminated: JsonObject;
  readonly restarts: unknown;
  /** The limit of its memory that is in force. */
  readonly memoryLimit: unknown;
  /** Its liveness probe, as a part of a sentence; undefined if it has none. */
  readonly liveness: string | undefined;
}

/** Why a container that ended, and was or will be restarted, is not there. */
export function endedCause(ended: Ended): PodCause {
  const { container, isInit, terminated, memoryLimit, liveness } = ended;
  const restarts = typeof ended.restarts === 'number' ? ended.restarts : 0;
  if (isUnknown(terminated)) {
    const said = `how ${container} ended is not known: its node restarted or was lost`;
    return { reason: 'ContainerStatusUnknown', said, certain: false };
  }
  const isLoop = restarts >= CERTAIN_RESTARTS && ranFor(terminated) < LOOP_MS;
  const often = isLoop ? ' five times or more' : '';
  if (terminated['reason'] === 'OOMKilled') {
    const limit = foreignText(memoryLimit, 30);
    const what = limit ? `its limit of ${limit} (resources.limits.memory)` : 'its pod or its node has left';
    const said = `${container} was ended${often} because it used more memory than ${what}`;
    return { reason: 'OOMKilled', said, restarts, certain: isLoop };
  }
  const words = lastWords(terminated['message']);
  return {
    reason: isInit ? 'InitContainerFailed' : 'CrashLoopBackOff',
    said: `${container} ended${often} ${describeEnd(terminated, liveness)}`,
    words,
    restarts,
    certain: isLoop && !signals.has(terminated['exitCode']) && !passing.test(words ?? ''),
  };
}

/** What the runtime or the kubelet writes of a container whose end nobody saw (kubernetes: pkg/kubelet/status, containerd). */
const isUnknown = ({ reason }: JsonObject): boolean =>
  reason === 'ContainerStatusUnknown' || reason === 'Unknown';

/** In milliseconds; 0 if that is not known. */
function ranFor({ startedAt, finishedAt }: JsonObject): number {
  const time = Date.parse(textOf(finishedAt)) - Date.parse(textOf(startedAt));
  return Number.isFinite(time) ? time : 0;
}

/** What ends a container from outside: 0 is how a server ends that stops in order; others are signals, 128 and their number. */
const signals: ReadonlyMap<unknown, (probe: string) => string> = new Map<unknown, (probe: string) => string>([
  [0, (probe) => `it was asked to stop, as the kubelet does when ${probe} fails, or had nothing more to do`],
  [134, () => 'it was aborted'],
  [137, (probe) => `it was killed: ${probe} failed, it did not stop in time, or its node lacked memory`],
  [139, () => 'it accessed memory that is not its own'],
  [143, (probe) => `it was asked to stop, as the kubelet does when ${probe} fails`],
]);

/**
 * How a container ended, as the rest of a sentence: `with exit code 1`.
 *
 * @param liveness its liveness probe, as a part of a sentence
 */
export function describeEnd({ exitCode, reason }: JsonObject, liveness = 'a liveness probe'): string {
  const code = typeof exitCode === 'number' ? `exit code ${exitCode}` : 'an exit code that is not known';
  // A program that could not be started at all has a code that says nothing.
  const unstarted = isUnstarted(reason) ? ', before it had started' : '';
  const why = signals.get(exitCode)?.(liveness);
  return `with ${code}${why === undefined ? '' : ` (${why})`}${unstarted}`;
}

/** Whether the runtime could not start a program at all. */
export const isUnstarted = (reason: unknown): boolean =>
  reason === 'ContainerCannotRun' || reason === 'StartError';
