import type { Context } from './context.ts';
import type { SyncAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { type Desire, desireRegistry, identityOf } from './desired.ts';
import { lastApplied } from './observed/last-applied.ts';
import { allObserved, observe } from './observed/observed.ts';
import { assess, assessInvalid, terminating, type Verdict } from './status/assess.ts';
import { deriveStatus, wasReady } from './status/derive-status.ts';
import { readyReplicas } from './status/serving.ts';

/** How soon to look again while something is on its way that may come without an event, in seconds. */
export const RESYNC_SECONDS = 10;

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
  const status = (verdict: Verdict) =>
    deriveStatus(verdict, parent, identity, readyReplicas(observed.deployment), context.now);
  const frozen = () => allObserved(request.children).map(lastApplied);

  if (parent.metadata.deletionTimestamp) return { status: status(terminating), children: frozen() };

  const desired = desire(identity, parent.spec, context.defaults);
  if (desired.problems) return { status: status(assessInvalid(desired.problems)), children: frozen() };

  const verdict = assess(observed, desired.children, wasReady(parent));
  const settled = verdict.phase === 'Running' && verdict.current;
  return {
    status: status(verdict),
    children: desired.children.all,
    ...(settled ? {} : { resyncAfterSeconds: RESYNC_SECONDS }),
  };
}
