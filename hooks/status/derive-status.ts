import { apiUrl } from '../children/names.ts';
import type { Parent } from '../contract/request.ts';
import type { MCPRegistryStatus } from '../contract/status.ts';
import type { Identity } from '../desired.ts';
import type { Verdict } from './assess.ts';
import { type DecidedCondition, nextConditions, previousCondition } from './conditions.ts';

/** Whether the registry was Ready when its status was last written. */
export function wasReady({ status }: Parent): boolean {
  return previousCondition(status?.conditions, 'Ready')?.status === 'True';
}

/**
 * The whole status that a verdict comes to: Running, Ready=True and a url always go together.
 *
 * @param parent its version decides the word for a registry that serves, its status what has changed
 * @param readyReplicas number of ready pods, as observed
 */
export function deriveStatus(
  verdict: Verdict,
  parent: Parent,
  identity: Identity,
  readyReplicas: number,
  now: Date,
): MCPRegistryStatus {
  const { generation } = parent.metadata;
  return {
    phase: verdict.phase === 'Running' && parent.apiVersion.endsWith('/v1beta1') ? 'Ready' : verdict.phase,
    message: verdict.message,
    ...(verdict.phase === 'Running' ? { url: apiUrl(identity) } : {}),
    readyReplicas,
    observedGeneration: generation,
    conditions: nextConditions(parent.status?.conditions, [readyCondition(verdict, parent)], now),
  };
}

/**
 * While older pods serve, Ready keeps the generation that it was true of: `kubectl wait` compares it with the
 * object's, and so waits for the pods of the spec just applied.
 */
function readyCondition(verdict: Verdict, { metadata, status }: Parent): DecidedCondition {
  const { message } = verdict;
  if (verdict.phase !== 'Running') {
    const { reason } = verdict;
    return { type: 'Ready', status: 'False', reason, message, observedGeneration: metadata.generation };
  }
  const before = previousCondition(status?.conditions, 'Ready')?.observedGeneration;
  const observedGeneration = verdict.current
    ? metadata.generation
    : (before ?? Math.max(0, metadata.generation - 1));
  return { type: 'Ready', status: 'True', reason: 'Ready', message, observedGeneration };
}
