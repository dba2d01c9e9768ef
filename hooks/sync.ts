import type { Context } from './context.ts';
import type { SyncAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { type BuildDesired, buildDesired, type Desired } from './desired.ts';
import { identityOf } from './identity.ts';
import { freeze } from './observed/freeze.ts';
import { allObserved, observe, observedOf, readyPods } from './observed/observed.ts';
import type { Problem } from './problem.ts';
import { type Repair, repairChildren } from './repair/repair.ts';
import { assess, assessInvalid, terminating, type Verdict } from './status/assess.ts';
import { deriveStatus, podTemplateCondition, wasReady } from './status/derive-status.ts';
import { APPLYING } from './status/progress.ts';
import { resyncSeconds, waitedOf } from './status/resync.ts';

/** What was decided for a registry, and what led to it. */
export interface Decision {
  readonly answer: SyncAnswer;
  /** What the spec asks for; undefined for a registry that is being deleted, whose spec is not read. */
  readonly desired?: Desired;
  /** Children that need more than a merge. */
  readonly repairs: readonly Repair[];
}

/** The sync hook: which children should exist for a registry, and its status. */
export const sync = (request: HookRequest, context: Context): SyncAnswer =>
  decideSync(request, context).answer;

/**
 * Decides a sync.
 *
 * A spec that can't be honoured changes nothing that runs: the answer holds each observed child as it is, since a child
 * that is left out of it would be deleted.
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
  const status = (verdict: Verdict, problems: readonly Problem[] = []) => {
    // The pod template of a registry that is being deleted does not matter any more.
    const template = verdict === terminating ? [] : podTemplateCondition(parent, problems);
    return deriveStatus(verdict, parent, identity, readyPods(request.children, identity), template, context);
  };
  const frozen = () => allObserved(request.children).map(freeze);

  if (parent.metadata.deletionTimestamp) {
    return { answer: { status: status(terminating), children: frozen() }, repairs: [] };
  }
  const desired = build(identity, parent.spec, context.defaults);
  const { children, problems } = desired;
  if (problems) {
    const answer = { status: status(assessInvalid(problems), problems), children: frozen() };
    return { answer, desired, repairs: [] };
  }
  const { children: applied, repairs } = repairChildren(children.all, (child) =>
    observedOf(observed, child.kind),
  );
  const before = { ready: wasReady(parent), ...waitedOf(parent, context) };
  const verdict = assess(observed, children, repairs, before, parent.metadata);
  const settled = verdict.phase === 'Running' && verdict.current;
  const missing = Object.values(observed).some((child) => child === undefined);
  const applying = verdict.reconciling?.reason === APPLYING;
  const answer = {
    status: status(verdict),
    children: repairs.length > 0 ? applied : children.all,
    ...(settled ? {} : { resyncAfterSeconds: resyncSeconds(parent, missing, applying, context) }),
  };
  return { answer, desired, repairs };
}
