import { freeze } from './applied/freeze.ts';
import { explainPods } from './causes/explain-pods.ts';
import { type DesiredByKind, registeredKinds } from './children/child-kinds.ts';
import type { Context } from './context.ts';
import type { SyncAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { type BuildDesired, buildDesired, type Desired } from './desired.ts';
import { identityOf } from './identity.ts';
import { allObserved, isMissingChildren, observe } from './observed/observe.ts';
import { DATABASE_LABEL } from './registry/database/database-label.ts';
import { sharedDatabaseWarnings } from './related/shared-database.ts';
import { type Repair, repairChildren } from './repair/repair.ts';
import { assess, assessInvalid, terminating, type Verdict } from './status/assess.ts';
import { type DecidedCondition, previousCondition } from './status/conditions.ts';
import {
  deriveStatus,
  podsCondition,
  podTemplateCondition,
  warningsCondition,
  wasReady,
} from './status/derive-status.ts';
import { type Exposure, exposureOf } from './status/exposure.ts';
import { APPLYING } from './status/progress.ts';
import { elapsedOf, MAX_RESYNC_SECONDS, resyncSeconds } from './status/resync.ts';

/** What was decided for a registry, and what led to it. */
export interface Decision {
  readonly answer: SyncAnswer;
  /** What the spec asks for; undefined for a registry that is being deleted, whose spec is not read. */
  readonly desired?: Desired;
  /** Children that a merge can't make as desired. */
  readonly repairs: readonly Repair[];
}

/** The label of the database that a registry is to use. */
const databaseOf = ({ ConfigMap }: DesiredByKind) => ConfigMap.metadata.labels?.[DATABASE_LABEL];

/** The sync hook: which children should exist for a registry, and its status. */
export const sync = (request: HookRequest, context: Context): SyncAnswer =>
  decideSync(request, context).answer;

/**
 * Decides a sync.
 *
 * A spec with problems changes nothing that runs: the answer contains each observed child as it is, because a child that
 * is left out is deleted. The same holds for a registry that is being deleted, whose children `finalize` deletes.
 *
 * @param build builds the desired children; a caller may pass one that remembers
 */
export function decideSync(
  request: HookRequest,
  context: Context,
  build: BuildDesired = buildDesired,
): Decision {
  const { parent } = request;
  const identity = identityOf(parent);
  const observed = observe(request.children, identity);
  const unchanged = () => allObserved(request.children).map(freeze);
  const statusOf = (verdict: Verdict, conditions: readonly DecidedCondition[], exposure?: Exposure) => {
    const beside = { ...exposure, conditions: [...conditions, ...(exposure ? [exposure.condition] : [])] };
    return deriveStatus(verdict, parent, identity, observed.pods, beside, context);
  };

  if (parent.metadata.deletionTimestamp) {
    return { answer: { status: statusOf(terminating, []), children: unchanged() }, repairs: [] };
  }

  const desired = build(identity, parent.spec, context.defaults, registeredKinds(request.children));
  const podTemplate = podTemplateCondition(parent, desired.problems ?? []);
  if (desired.problems) {
    const status = statusOf(assessInvalid(desired.problems), podTemplate);
    return { answer: { status, children: unchanged() }, desired, repairs: [] };
  }

  const { children, repairs } = repairChildren(desired.children, observed.byKind);
  const elapsed = elapsedOf(parent, context);
  const both = { desired: desired.children.byKind, observed: observed.byKind };
  const told = previousCondition(parent.status?.conditions, 'PodsFailing');
  const { why, unready } = explainPods(parent, both, request.related, told, context);
  const verdict = assess(
    both,
    repairs,
    { ready: wasReady(parent), url: parent.status?.url, ...elapsed },
    parent.metadata,
    why,
  );
  const isSettled = verdict.phase === 'Running' && verdict.current && !verdict.reconciling;
  const isApplying = verdict.reconciling?.reason === APPLYING;
  const warnings = [
    ...desired.warnings,
    ...sharedDatabaseWarnings(parent, databaseOf(both.desired), request.related),
  ];
  const answer = {
    status: statusOf(
      verdict,
      [...podTemplate, ...podsCondition(parent, why), ...warningsCondition(parent, warnings)],
      exposureOf(parent, both),
    ),
    children,
    ...(isSettled
      ? unready
        ? { resyncAfterSeconds: MAX_RESYNC_SECONDS }
        : {}
      : {
          resyncAfterSeconds: resyncSeconds(
            parent,
            elapsed,
            isMissingChildren(observed, desired.children),
            isApplying,
            context,
          ),
        }),
  };
  return { answer, desired, repairs };
}
