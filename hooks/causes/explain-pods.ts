import type { Children } from '../children/child-kinds.ts';
import { TEMPLATE_HASH_ANNOTATION } from '../children/deployment.ts';
import { podSelector } from '../children/metadata.ts';
import { apiName, configMapName } from '../children/names.ts';
import { CONTAINER } from '../children/pod-template.ts';
import type { Clock } from '../context.ts';
import type { ObservedCondition } from '../contract/kubernetes.ts';
import type { Parent } from '../contract/request.ts';
import { identityOf } from '../identity.ts';
import { referencesOf } from '../related/references.ts';
import { relatedHere } from '../related/related.ts';
import { messageOf, type PodCause } from './cause.ts';
import { keepWords, type Told, toldOf } from './keep-words.ts';
import { type Missing, missingOf } from './missing.ts';
import { currentPods, isOver, isReady, lastOver } from './pod.ts';
import { podCause, type Surroundings } from './pod-cause.ts';

/** Why pods of the desired template are not ready. */
export interface Explanation {
  /** A word for programs, such as `CrashLoopBackOff`. */
  readonly reason: string;
  /** A sentence for people, without a full stop. */
  readonly message: string;
  /** Whether it stays as it is until a person does something. */
  readonly certain: boolean;
  /** Why other pods are not ready, as a sentence; undefined where they say the same, or there are none. */
  readonly others?: string;
}

/** What is known of the pods of the desired template. */
export interface PodsSeen {
  /** Why some are not ready; undefined if all are, if nothing has gone wrong, or if nobody asked Metacontroller for pods. */
  readonly why?: Explanation;
  /** Whether some are not ready. A cause may only be seen after a while, and no event comes then. */
  readonly unready: boolean;
}

/** As many pods as are asked for their cause: the newest. */
const PODS_ASKED = 20;

/**
 * The one cause that keeps pods of the desired template from being ready. The newest pod that is not ready speaks: it is of
 * the newest ReplicaSet. One that is over, such as one that was evicted, speaks while nothing is known of the one in its
 * place, until that is ready. If there is no pod yet, something may be missing that each will need.
 *
 * @param related the related objects of a request, of any shape
 * @param before the condition that had the cause when the status was last written
 */
export function explainPods(
  parent: Parent,
  { desired, observed }: Children,
  related: unknown,
  before: ObservedCondition | undefined,
  clock: Clock,
): PodsSeen {
  const identity = identityOf(parent);
  const { spec } = parent;
  const pods = relatedHere(related, 'Pod.v1', identity);
  if (!pods || observed.Deployment?.spec?.replicas === 0) return { unready: false };
  const { Deployment } = desired;
  const current = currentPods(pods, Deployment.metadata.annotations?.[TEMPLATE_HASH_ANNOTATION]);
  const living = current.filter((pod) => !isOver(pod));
  const unready = living.filter((pod) => !isReady(pod));
  if (unready.length === 0 && living.length > 0) return { unready: false };

  const references = referencesOf(Deployment.spec.template.spec, configMapName(identity));
  const missing = missingOf(references, spec, related, identity);
  const around: Surroundings = {
    ...{ namespace: identity.namespace, spec, missing, server: CONTAINER, clock },
    selector: podSelector(apiName(identity)),
  };
  const told = toldOf(parent, before, clock);
  const explained = (cause: PodCause, others: readonly (PodCause | undefined)[] = []): PodsSeen => ({
    why: explain(cause, others, told),
    unready: true,
  });
  if (current.length === 0) {
    const cause = missingBefore(missing);
    return cause ? explained(cause) : { unready: false };
  }
  for (const speakers of [unready, lastOver(current, living[0])]) {
    const causes = speakers.slice(0, PODS_ASKED).map((pod) => podCause(pod, around));
    const first = causes.findIndex((cause) => cause !== undefined);
    const cause = causes[first];
    if (cause) return explained(cause, causes.slice(first + 1));
  }
  return { unready: true };
}

/** What is missing before there is a pod. A claim may get its volume with the first pod. */
function missingBefore({ configMap, claim }: Missing): PodCause | undefined {
  return configMap ?? (claim?.reason === 'ClaimPending' ? undefined : claim);
}

function explain(cause: PodCause, others: readonly (PodCause | undefined)[], told: Told): Explanation {
  const kept = keepWords(cause, told);
  return {
    reason: kept.reason,
    message: messageOf(kept),
    certain: kept.certain,
    ...describeOthers(kept, others),
  };
}

/** @returns such as `2 other pods: OOMKilled` */
function describeOthers(
  { reason }: PodCause,
  others: readonly (PodCause | undefined)[],
): Pick<Explanation, 'others'> {
  const counts = new Map<string, number>();
  for (const other of others) {
    if (other && other.reason !== reason) counts.set(other.reason, (counts.get(other.reason) ?? 0) + 1);
  }
  if (counts.size === 0) return {};
  const text = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([other, count]) => `${count} other ${count === 1 ? 'pod' : 'pods'}: ${other}`)
    .join(', ');
  return { others: text };
}
