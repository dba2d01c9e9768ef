import { TEMPLATE_HASH_ANNOTATION } from '../../../hooks/children/deployment.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { objectOf, objectsOf, textOf } from '../../../hooks/json.ts';
import { observe } from '../../../hooks/observed/observe.ts';
import { type OurConditionType, previousCondition } from '../../../hooks/status/conditions.ts';
import type { Decision } from '../../../hooks/sync.ts';
import type { Decided } from './decide.ts';
import { type Finding, finding } from './finding.ts';
import { programSelector } from './programs.ts';
import { inWords, secondsSince } from './times.ts';

/** How long the status may take to follow: the hook is called within seconds of a change, and again while one is on its way. */
const FOLLOWS_SECONDS = 60;
/** While a change is on its way, the hook asks to be called at least so often. */
const RESYNC_SECONDS = 120;

/** Moments of the last call that are tried, each in seconds before now. */
const CALLED_SECONDS_AGO = [30, FOLLOWS_SECONDS, RESYNC_SECONDS] as const;

/** Why nobody writes a status, and the command that shows more. */
export interface Silence {
  readonly why: string;
  readonly next: readonly string[];
}

/** Where a CompositeController looks at the registry, as far as that is known. */
const programs: Silence = {
  why: 'Metacontroller or the hook does not run, or they do not reach each other: look at their pods and logs, and at the events of the registry',
  next: ['kubectl', 'get', 'pods', '-A', '-l', programSelector],
};

const unregistered: Silence = {
  why: 'No CompositeController looks at it',
  next: ['kubectl', 'get', 'compositecontrollers', '-o', 'yaml'],
};

/** @param selecting how many CompositeControllers look at the registry; undefined if that is not known */
export const silenceOf = (selecting: number | undefined): Silence =>
  selecting === 0 ? unregistered : programs;

/** Whether nobody has written a status about the spec as it is. */
export function unwrittenFindings({ parent }: HookRequest, { why, next }: Silence, now: Date): Finding[] {
  const { metadata, status } = parent;
  if (status?.conditions === undefined && objectOf(status)['phase'] === undefined) {
    const since = textOf(objectOf(metadata)['creationTimestamp']);
    const age = secondsSince(since, now);
    return age !== undefined && age < FOLLOWS_SECONDS
      ? [
          finding('warning', 'NotWritten', 'its status has not been written yet: look again in a minute', {
            since,
          }),
        ]
      : [finding('error', 'NeverWritten', `its status was never written. ${why}`, { since, next })];
  }
  const { generation } = metadata;
  const { observedGeneration } = objectOf(status);
  if (observedGeneration === generation) return [];
  const since = editedAt(parent);
  const age = secondsSince(since, now);
  if (age !== undefined && age < FOLLOWS_SECONDS) return [];
  const about = typeof observedGeneration === 'number' ? `generation ${observedGeneration}` : 'none';
  return [
    finding(
      'error',
      'StatusOutdated',
      `the spec was changed (generation ${generation}), and its status is still about ${about}. ${why}`,
      { since, next },
    ),
  ];
}

/** Whether the status, which is about the spec as it is, is one that nobody keeps up any more. */
export function outdatedFindings(decided: Decided, { why, next }: Silence, now: Date): Finding[] {
  const { request, plain, decision, seesPods, seesKinds } = decided;
  const { status, metadata } = request.parent;
  if (objectOf(status)['observedGeneration'] !== metadata.generation) return [];
  if (hasOtherTemplate(decided)) {
    return [
      finding(
        'warning',
        'OtherSettings',
        'its Deployment has another pod template than this program would make, and its status says that this is as it should be. The hook has other settings, or is of another release: set the same environment variables here, and compare mcpregistry-hook --version with its image',
      ),
    ];
  }
  const reconciling = previousCondition(status?.conditions, 'Reconciling');
  const lasts = (secondsSince(reconciling?.lastTransitionTime, now) ?? 0) > RESYNC_SECONDS;
  // The hook may see pods, and children of optional kinds, that are not in the input.
  const isComparable =
    seesKinds && (seesPods || previousCondition(status?.conditions, 'PodsFailing') === undefined);
  // An edit in the middle of a long change begins the time anew for the hook, and only managedFields show it.
  const hasWords = lasts && knowsEdits(request.parent);
  const written = essence(objectOf(status), isComparable, hasWords);
  const isWritten = ({ answer }: Decision) => essence(answer.status, isComparable, hasWords) === written;
  if ([plain, decision].some(isWritten)) return [];
  // What time alone changes is written at the next call, and the last one may have been that long ago.
  const moments = CALLED_SECONDS_AGO.map((seconds) => new Date(now.getTime() - seconds * 1000));
  if (moments.some((moment) => decided.at(moment).some(isWritten))) return [];
  const since = lasts ? reconciling?.lastTransitionTime : undefined;
  return [
    finding('error', 'StatusOutdated', `${differenceOf(request, decision, since, now)}. ${why}`, {
      since,
      next,
    }),
  ];
}

function differenceOf(
  { parent }: HookRequest,
  { answer }: Decision,
  since: string | undefined,
  now: Date,
): string {
  const written = textOf(objectOf(parent.status)['phase']) || 'nothing';
  const { phase } = answer.status;
  const age = secondsSince(since, now);
  const what =
    servingWord(written) === servingWord(phase)
      ? `does not say what is so now (${answer.status.message})`
      : `says ${servingWord(written)}, but it is ${servingWord(phase)}`;
  const lasting =
    age === undefined
      ? 'If it still says so in a minute, nobody writes it'
      : `It has been in progress for ${inWords(age)}, and nobody writes it`;
  return `its status ${what}. ${lasting}`;
}

/** Both words for a registry that serves mean the same. */
const servingWord = (phase: unknown) => (phase === 'Ready' ? 'Running' : textOf(phase));

/**
 * What of a status has to be as the hook decides it now, wherever the hook is of another release or sees less.
 *
 * @param isComparable whether all is known that the hook knows
 * @param lasts whether a change has been on its way for so long that its words count too
 */
function essence(status: object, isComparable: boolean, lasts: boolean): string {
  const { phase, url, message, conditions } = objectOf(status);
  const statusOf = (wanted: OurConditionType) =>
    objectsOf(conditions).find(({ type }) => type === wanted)?.['status'] ?? 'absent';
  const isReady = statusOf('Ready');
  const parts = isComparable
    ? [
        ...[servingWord(phase), statusOf('Stalled'), statusOf('Reconciling')],
        ...(lasts ? [textOf(message).replace(elapsed, '')] : []),
      ]
    : [];
  return JSON.stringify([isReady, url ?? null, ...parts]);
}

/** Words that time alone changes. */
const elapsed = /over (a day|an hour|ten minutes|a minute)/g;

/** Whether the times of edits are known. */
const knowsEdits = ({ metadata }: HookRequest['parent']): boolean =>
  (metadata.managedFields ?? []).length > 0;

/** When the spec was edited last, where managedFields are shown (kubectl get --show-managed-fields). */
function editedAt(parent: HookRequest['parent']): string | undefined {
  const times = (parent.metadata.managedFields ?? [])
    .filter(({ subresource, fieldsV1 }) => !subresource && Object.hasOwn(fieldsV1 ?? {}, 'f:spec'))
    .map(({ time }) => textOf(time));
  return times.reduce<string | undefined>((a, b) => (a === undefined || b > a ? b : a), undefined);
}

/**
 * Whether a registry that is settled by its status, and serves, has another pod template than is desired here: then the
 * desired one is not the hook's.
 */
function hasOtherTemplate({ request, decision }: Decided): boolean {
  const { parent, children } = request;
  const { Deployment } = observe(children, identityOf(parent)).byKind;
  const desired =
    decision.desired?.children?.byKind.Deployment.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  const observed = Deployment?.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION];
  if (desired === undefined || observed === undefined || observed === desired) return false;
  const ready = previousCondition(parent.status?.conditions, 'Ready');
  return (
    ready?.status === 'True' &&
    ready.observedGeneration === parent.metadata.generation &&
    previousCondition(parent.status?.conditions, 'Reconciling') === undefined &&
    (Deployment?.status?.readyReplicas ?? 0) > 0
  );
}
