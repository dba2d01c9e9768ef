import type { Clock } from '../context.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import { type Container, nameOf } from './container.ts';
import { lasted } from './since.ts';

/**
 * Which probe of a container that runs has failed for over a minute. What its log says is not in its status.
 *
 * @param unready since when its pod is not ready, as the pod says
 * @param logs the command that shows its log
 */
export function probeCause(
  container: Container,
  unready: string,
  clock: Clock,
  logs: (name: string) => string,
): PodCause | undefined {
  const { spec, status } = container;
  const running = objectOf(status['state'])['running'];
  if (!isObject(running) || status['ready'] === true) return undefined;
  const startedAt = textOf(running['startedAt']);
  const time = lasted(unready > startedAt ? unready : startedAt, clock.now);
  if (time === undefined) return undefined;
  const isStarting = status['started'] === false && isObject(spec['startupProbe']);
  const [kind, probe] = isStarting
    ? ['startup', spec['startupProbe']]
    : ['readiness', spec['readinessProbe']];
  const what = isObject(probe) ? `its ${kind} probe${describe(probe)} has failed` : 'it has not been ready';
  return {
    reason: isStarting ? 'StartupProbeFailed' : 'ReadinessProbeFailed',
    said: `${nameOf(container)} runs, but ${what} for ${time}. Its log may say why, run: ${logs(textOf(spec['name']))}`,
    certain: false,
  };
}

function describe({ httpGet, tcpSocket, grpc, exec }: JsonObject): string {
  const port = (action: JsonObject) => `on port ${foreignText(String(action['port']), 20)}`;
  if (isObject(httpGet)) return ` (GET ${foreignText(httpGet['path'], 100) || '/'} ${port(httpGet)})`;
  if (isObject(tcpSocket)) return ` (a connection ${port(tcpSocket)})`;
  if (isObject(grpc)) return ` (gRPC ${port(grpc)})`;
  return isObject(exec) ? ' (a command)' : '';
}
