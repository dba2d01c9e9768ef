import type { Explanation } from '../causes/explain-pods.ts';
import { type DesiredDeployment, type ObservedDeployment, podsOf } from '../children/deployment.ts';
import { podSelector, REGISTRY_LABEL } from '../children/metadata.ts';
import { isStatusOfDesired } from './serving.ts';

/** Why something is on its way, or stuck: a word for programs and a sentence for people. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
}

/** How far the pods of the desired template are. */
export interface Rollout {
  /** `1 of 2 pods updated, 1 of them not ready yet`; undefined while the Deployment's status is of something older. */
  readonly counts?: string;
  /** The command that shows why a pod does not become ready. */
  readonly inspect?: string;
  /** Why pods of it are not ready, where that is known. */
  readonly cause?: Explanation;
  /** Why it does not go on. */
  readonly stuck?: Cause;
}

/**
 * Reads the rollout of the desired template. It is stuck when pods can't be made at all, when the progress deadline has
 * passed, or as soon as it is certain that its pods won't become ready; the status of an older template does not count.
 *
 * @param known why its pods are not ready, where that is known
 */
export function rolloutOf(
  observed: ObservedDeployment | undefined,
  desired: DesiredDeployment,
  known?: Explanation,
): Rollout {
  const why = known ? { cause: known } : {};
  if (!observed || !isStatusOfDesired(observed, desired)) return why;
  const { conditions = [] } = observed.status ?? {};
  const { name, namespace } = desired.metadata;
  if (observed.spec?.replicas === 0) {
    return {
      counts: 'the Deployment is scaled to 0 pods',
      inspect: `kubectl scale ${scaled(desired)} -n ${namespace} --replicas=1`,
    };
  }
  const counts = countPods(observed);
  const inspect = `kubectl describe pods -n ${namespace} -l ${podSelector(name)}`;

  const has = (type: string, status: string) =>
    conditions.find((condition) => condition.type === type && condition.status === status);
  const failure = has('ReplicaFailure', 'True');
  const overdue = has('Progressing', 'False');
  if (known && !failure) {
    const stuck = { reason: known.reason, message: `${counts}; ${sentenceOf(known)}` };
    return { counts, inspect, ...why, ...(overdue || known.certain ? { stuck } : {}) };
  }
  const cause = failure ?? overdue;
  if (!cause) return { counts, inspect };
  const reason = cause.reason ?? cause.type;
  const said = [reason, cause.message].filter(Boolean).join(': ');
  // Pods that can't be created can't be described either: the API server's words are all there is.
  const message = failure ? `${counts}; ${said}` : `${counts}; ${said.replace(/\.$/, '')}. Run: ${inspect}`;
  return { counts, inspect, stuck: { reason, message } };
}

/** Why pods are not ready, those that say something else among them. */
export const sentenceOf = ({ message, others }: Explanation): string =>
  others === undefined ? message : `${message} (${others})`;

/** What has the say in the number of pods: the registry, if its spec says one. */
const scaled = ({ metadata: { name, labels }, spec }: DesiredDeployment) =>
  spec.replicas === undefined ? `deployment ${name}` : `mcpregistry ${labels?.[REGISTRY_LABEL]}`;

/**
 * How many pods are new, how many of these are not ready, and how many old ones are left.
 *
 * A Deployment's status counts ready pods of all templates together. Which ones are not ready is certain if no pod
 * is ready, if no old pod is left, or if the pods that are not ready are no more than the pods beyond the wanted
 * number: then an old one would have been removed first, so they are new (kubernetes:
 * pkg/controller/deployment/rolling.go, cleanupUnhealthyReplicas). Otherwise only their sum is given.
 */
function countPods(deployment: ObservedDeployment): string {
  const { all: replicas, ready } = podsOf(deployment);
  const { updatedReplicas: updated = 0 } = deployment.status ?? {};
  const wanted = deployment.spec?.replicas ?? 1;
  const unready = replicas - Math.min(replicas, ready);
  const old = Math.max(0, replicas - updated);
  const parts = [`${updated} of ${wanted} pods updated`];
  if (unready > 0) {
    const isCertain = old === 0 || unready <= Math.min(updated, replicas - wanted);
    if (unready === replicas && updated > 0) parts.push(`${updated} of them not ready yet`);
    else if (isCertain) parts.push(`${unready} of them not ready yet`);
    else parts.push(`${unready} of all ${replicas} pods not ready`);
  }
  if (old > 0) parts.push(`${old} old ${old === 1 ? 'pod' : 'pods'} left`);
  return parts.join(', ');
}
