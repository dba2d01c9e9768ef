import type { Clock } from '../context.ts';
import { isObject, objectOf, textOf } from '../json.ts';
import type { PodCause } from './cause.ts';
import type { Container } from './container.ts';
import { describeProbe } from './describe-probe.ts';
import { lasted } from './since.ts';

/**
 * Which probe of a container that runs has failed for over a minute. What its log says is not in its status.
 *
 * @param name as a message names it
 * @param unready since when its pod is not ready, as the pod says
 * @param logs the command that shows its log
 */
export function probeCause(
  { spec, status, isInit }: Container,
  name: string,
  unready: string,
  clock: Clock,
  logs: string,
): PodCause | undefined {
  const running = objectOf(status['state'])['running'];
  if (!isObject(running) || status['ready'] === true) return undefined;
  const startedAt = textOf(running['startedAt']);
  const time = lasted(unready > startedAt ? unready : startedAt, clock.now);
  if (time === undefined) return undefined;
  const see = `Its log may say why, run: ${logs}`;
  const isStarting = status['started'] === false && isObject(spec['startupProbe']);
  const [kind, probe] = isStarting
    ? ['startup', spec['startupProbe']]
    : ['readiness', spec['readinessProbe']];
  if (isObject(probe)) {
    return {
      reason: isStarting ? 'StartupProbeFailed' : 'ReadinessProbeFailed',
      said: `${name} runs, but its ${kind} probe${describeProbe(probe)} has failed for ${time}. ${see}`,
      certain: false,
    };
  }
  return isInit
    ? {
        reason: 'InitContainerRunning',
        said: `${name} has run for ${time} and is not done. ${see}`,
        certain: false,
      }
    : {
        reason: 'ContainersNotReady',
        said: `${name} runs, but has not been ready for ${time}. ${see}`,
        certain: false,
      };
}
