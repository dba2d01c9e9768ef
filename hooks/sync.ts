import type { Context } from './context.ts';
import type { SyncAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { type Desire, desireRegistry } from './desired.ts';
import { heal } from './heal/heal.ts';
import { identityOf } from './identity.ts';
import { freeze } from './observed/freeze.ts';
import { allObserved, observe, observedOf, readyPods } from './observed/observed.ts';
import type { Problem } from './problem.ts';
import { assess, assessInvalid, terminating, type Verdict } from './status/assess.ts';
import { deriveStatus, podTemplateCondition, wasReady } from './status/derive-status.ts';
import { APPLYING } from './status/progress.ts';
import { resyncSeconds, waitedOf } from './status/resync.ts';

/**
 * The sync hook: what should exist for a registry, and what is the case with it.
 *
 * A spec that can't be honoured changes nothing that runs: the answer holds each observed child as it was last
 * applied, since a child that is left out of it would be deleted.
 *
 * @param desire what decides the children; a caller may pass one that remembers
 */
export function sync(request: HookRequest, context: Context, desire: Desire = desireRegistry): SyncAnswer {
  const { parent } = request;
  const identity = identityOf(parent);
  const observed = observe(request.children, identity);
  const status = (verdict: Verdict, problems: readonly Problem[] = []) => {
    // Of a template that is on its way out, nothing is asked any more.
    const template = verdict === terminating ? [] : podTemplateCondition(parent, problems);
    return deriveStatus(verdict, parent, identity, readyPods(request.children, identity), template, context);
  };
  const frozen = () => allObserved(request.children).map(freeze);

  if (parent.metadata.deletionTimestamp) return { status: status(terminating), children: frozen() };

  const { children, problems } = desire(identity, parent.spec, context.defaults);
  if (problems) return { status: status(assessInvalid(problems), problems), children: frozen() };

  const healed = heal(children.all, (child) => observedOf(observed, child.kind));
  const before = { ready: wasReady(parent), ...waitedOf(parent, context) };
  const verdict = assess(observed, children, healed.healing, before, parent.metadata);
  const settled = verdict.phase === 'Running' && verdict.current;
  const missing = Object.values(observed).some((child) => child === undefined);
  const applying = verdict.reconciling?.reason === APPLYING;
  return {
    status: status(verdict),
    children: healed.healing.length > 0 ? healed.children : children.all,
    ...(settled ? {} : { resyncAfterSeconds: resyncSeconds(parent, missing, applying, context) }),
  };
}
