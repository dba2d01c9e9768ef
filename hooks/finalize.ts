import { freeze } from './applied/freeze.ts';
import { isDeletedFirst } from './children/child-kinds.ts';
import type { Context } from './context.ts';
import type { FinalizeAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { identityOf } from './identity.ts';
import { allObserved, observe } from './observed/observe.ts';
import { terminating } from './status/assess.ts';
import { deriveStatus } from './status/derive-status.ts';
import { finalizeResyncSeconds } from './status/resync.ts';

/**
 * The finalize hook: ordered deletion of the children of a deleted registry. At first the Service and the Deployment are
 * left out of the answer, which deletes them, so that no pod runs on without its configuration or its rights. When they
 * no longer exist, all others are left out. When nothing is observed, the registry is finalized.
 *
 * It never reads the spec, so that every registry can be deleted.
 */
export function finalize(request: HookRequest, context: Context): FinalizeAnswer {
  const { parent } = request;
  const identity = identityOf(parent);
  const observed = observe(request.children, identity);
  const status = deriveStatus(terminating, parent, identity, observed.pods, { conditions: [] }, context);

  const all = allObserved(request.children);
  const finalized = all.length === 0;
  if (finalized) return { status, children: [], finalized };

  const kept = all.filter(({ kind }) => !isDeletedFirst(kind));
  const isFirstStep = kept.length < all.length;
  return {
    status,
    children: isFirstStep ? kept.map(freeze) : [],
    resyncAfterSeconds: finalizeResyncSeconds(parent, context),
    finalized,
  };
}
