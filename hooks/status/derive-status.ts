import type { Explanation } from '../causes/explain-pods.ts';
import type { PodCounts } from '../children/deployment.ts';
import { podSelector } from '../children/metadata.ts';
import { apiName } from '../children/names.ts';
import type { Clock } from '../context.ts';
import type { Parent } from '../contract/request.ts';
import type { MCPRegistryStatus } from '../contract/status.ts';
import type { Identity } from '../identity.ts';
import { objectOf } from '../json.ts';
import { formatProblems, type Problem } from '../problem.ts';
import type { Warning } from '../registry/warning.ts';
import { isPodTemplateProblem, type Verdict } from './assess.ts';
import { type DecidedCondition, nextConditions, previousCondition } from './conditions.ts';

/** Whether the registry was Ready when its status was last written. */
export function wasReady({ status }: Parent): boolean {
  return previousCondition(status?.conditions, 'Ready')?.status === 'True';
}

/** What of a status the verdict has no part in. */
export interface Beside {
  readonly conditions: readonly DecidedCondition[];
  readonly externalUrl?: string;
}

/**
 * The whole status that a verdict comes to: Running, Ready=True and a url always go together.
 *
 * @param parent its version decides the word for a registry that serves, its status what has changed
 * @param pods as observed
 */
export function deriveStatus(
  verdict: Verdict,
  parent: Parent,
  identity: Identity,
  pods: PodCounts,
  { conditions, externalUrl }: Beside,
  clock: Clock,
): MCPRegistryStatus {
  const { generation } = parent.metadata;
  return {
    phase: verdict.phase === 'Running' && parent.apiVersion.endsWith('/v1beta1') ? 'Ready' : verdict.phase,
    message: verdict.message,
    ...(verdict.phase === 'Running' ? { url: verdict.url } : {}),
    ...(externalUrl === undefined ? {} : { externalUrl }),
    ...writtenPods(verdict, parent, pods),
    selector: podSelector(apiName(identity)),
    observedGeneration: generation,
    conditions: nextConditions(
      parent.status?.conditions,
      [readyCondition(verdict, parent), ...conditions, ...kstatusConditions(verdict, generation)],
      clock,
    ),
  };
}

/**
 * The numbers of pods, as observed. A registry that is being deleted has none: its pods are not waited for.
 *
 * While a change is recent the numbers that were last written stay, that of ready pods as long as no fewer are ready: a
 * rolling update starts a pod before it ends one, and the numbers would go up and down with each, a write of the status
 * each time. A new registry has no number of pods until it is Ready, or takes long.
 */
function writtenPods(
  verdict: Verdict,
  { status }: Parent,
  pods: PodCounts,
): Pick<MCPRegistryStatus, 'readyReplicas' | 'replicas'> {
  if (verdict.phase === 'Terminating') return {};
  const isReconciling = previousCondition(status?.conditions, 'Reconciling')?.status === 'True';
  const written = countOf(status?.readyReplicas);
  const isHeld =
    verdict.phase === 'Running' && verdict.recent && isReconciling && 0 < written && written <= pods.ready;
  const replicas = verdict.recent ? countOf(status?.replicas) : pods.all;
  return {
    readyReplicas: isHeld ? written : pods.ready,
    ...(replicas >= 0 ? { replicas } : {}),
  };
}

/** @returns -1 for anything that is no count */
const countOf = (written: unknown): number =>
  typeof written === 'number' && Number.isInteger(written) && written >= 0 ? written : -1;

/** Each is there while it is True, and absent otherwise. */
function kstatusConditions(
  { reconciling, stalled }: Verdict,
  observedGeneration: number,
): DecidedCondition[] {
  return [
    ...(stalled ? [{ type: 'Stalled', status: 'True', ...stalled, observedGeneration } as const] : []),
    ...(reconciling
      ? [{ type: 'Reconciling', status: 'True', ...reconciling, observedGeneration } as const]
      : []),
  ];
}

/** Whether the user's pod template is valid: there exactly while there is one. */
export function podTemplateCondition(
  { metadata, spec }: Parent,
  problems: readonly Problem[],
): DecidedCondition[] {
  const { podTemplateSpec } = objectOf(spec);
  if (podTemplateSpec === undefined || podTemplateSpec === null) return [];
  const wrong = problems.filter(isPodTemplateProblem);
  const said =
    wrong.length > 0
      ? { status: 'False' as const, reason: 'InvalidPodTemplateSpec', message: formatProblems(wrong) }
      : { status: 'True' as const, reason: 'ValidPodTemplateSpec', message: 'PodTemplateSpec is valid' };
  return [{ type: 'PodTemplateValid', ...said, observedGeneration: metadata.generation }];
}

/** Why pods of the desired template are not ready: there exactly while some are not, and that is known. */
export const podsCondition = (
  { metadata }: Parent,
  why: Explanation | undefined,
): readonly DecidedCondition[] =>
  why
    ? [
        {
          ...{ type: 'PodsFailing', status: 'True', reason: why.reason, message: why.message },
          observedGeneration: metadata.generation,
        },
      ]
    : [];

/**
 * All warnings about a valid spec, there exactly while there are some. Its reason is their kind, if they are of one.
 *
 * @param warnings in an order that stays the same while nothing changes: another message is a write
 */
export function warningsCondition(
  { metadata }: Parent,
  warnings: readonly Warning[],
): readonly DecidedCondition[] {
  const [first, ...others] = warnings;
  if (first === undefined) return [];
  const isOneKind = others.every(({ reason }) => reason === first.reason);
  return [
    {
      type: 'SpecWarnings',
      status: 'True',
      reason: isOneKind ? first.reason : 'SeveralWarnings',
      message: formatProblems(warnings, warnings.length),
      observedGeneration: metadata.generation,
    },
  ];
}

/**
 * While older pods serve, Ready keeps the generation that it was true of: `kubectl wait` compares it with the
 * object's, and so waits for the pods of the spec just applied. Where that is the object's own, because a child
 * drifted or a newer release has another template for the same spec, it steps back by one: Ready of the object's
 * generation is a promise about every pod.
 */
function readyCondition(verdict: Verdict, { metadata, status }: Parent): DecidedCondition {
  const { message } = verdict;
  if (verdict.phase !== 'Running') {
    const { reason } = verdict;
    return { type: 'Ready', status: 'False', reason, message, observedGeneration: metadata.generation };
  }
  const before = previousCondition(status?.conditions, 'Ready')?.observedGeneration;
  const past = Math.max(0, metadata.generation - 1);
  const observedGeneration = verdict.current ? metadata.generation : Math.min(before ?? past, past);
  return { type: 'Ready', status: 'True', reason: 'Ready', message, observedGeneration };
}
