import { withoutSecrets } from '../../../hooks/causes/secrets.ts';
import { objectOf, textOf } from '../../../hooks/json.ts';
import { foreignText } from '../../../hooks/text/foreign-text.ts';
import type { InputObject } from '../input/read-input.ts';
import { aboutOf, type ClusterInput, metadataOf } from './cluster-input.ts';
import { type Finding, finding } from './finding.ts';
import { nextCommand } from './next-command.ts';
import { inWords, secondsSince } from './times.ts';

/** The longest that Metacontroller waits before it tries again (client-go: util/workqueue, 1,000 s). */
const RETRY_SECONDS = 1000;
/** As much of a message as is shown, in characters. */
const WORDS_LIMIT = 1000;

interface Said {
  readonly time: string;
  readonly message: string;
}

/**
 * What went wrong last between Metacontroller, the hook and the API server: a status can't tell.
 *
 * @param isWell whether nothing else is wrong with the registry: then an error may be over, and an old one is
 */
export function eventFindings(
  registry: InputObject,
  cluster: ClusterInput,
  isWell: boolean,
  now: Date,
): Finding[] {
  const { uid } = metadataOf(registry);
  const last = cluster
    .eventsOf('MCPRegistry', registry)
    .filter(({ reason }) => reason === 'SyncError')
    // One of an earlier registry of this name has another uid.
    .filter((event) => uid === undefined || [undefined, uid].includes(aboutOf(event)['uid']))
    .map((event): Said => ({ time: timeOf(event), message: textOf(event['message'] ?? event['note']) }))
    .reduce<Said | undefined>((a, b) => (a === undefined || b.time >= a.time ? b : a), undefined);
  if (!last) return [];
  const age = secondsSince(last.time, now);
  if (isWell && (age === undefined || age > RETRY_SECONDS)) return [];
  const words = withoutSecrets(foreignText(last.message, WORDS_LIMIT));
  const when = age === undefined ? '' : ` ${inWords(age)} ago`;
  const help = helpFor(last.message);
  return [
    finding(
      isWell ? 'warning' : 'error',
      'SyncError',
      `Metacontroller said${when}: ${words}${help.message}`,
      { next: help.next ?? nextCommand('SyncError', registry) },
    ),
  ];
}

/** The time of the last of a series of equal events; empty if it has none. */
export function timeOf(event: Readonly<Record<string, unknown>>): string {
  const { lastTimestamp, series, eventTime, deprecatedLastTimestamp, firstTimestamp, metadata } = event;
  const times = [
    objectOf(series)['lastObservedTime'],
    ...[lastTimestamp, deprecatedLastTimestamp, eventTime, firstTimestamp],
    objectOf(metadata)['creationTimestamp'],
  ];
  return times.map(textOf).find((time) => time !== '') ?? '';
}

/** What to do about a failed call (docs/operations.md, "Troubleshooting"). */
function helpFor(message: string): { readonly message: string; readonly next?: readonly string[] } {
  if (
    /connection refused|no such host|i\/o timeout|context deadline exceeded|no route to host/i.test(message)
  ) {
    return {
      message: ' (the hook is not reached: it does not run, or the URL in the CompositeController is wrong)',
      next: ['kubectl', 'get', 'pods,endpointslices', '-n', 'mcpregistry-hook'],
    };
  }
  const [, code] = /\b(?:status code|response code|code):? (?:was )?"?(40[013]|500)\b/i.exec(message) ?? [];
  if (code === '401' || code === '403') {
    return {
      message:
        ' (Metacontroller and the hook have other credentials: compare their Secrets, then change the spec of the CompositeController, so that Metacontroller reads its own again)',
    };
  }
  return code === '400'
    ? {
        message:
          ' (the hook is registered for another resource: compare parentResource of the CompositeController)',
      }
    : { message: '' };
}
