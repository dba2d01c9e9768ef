import type { Context } from './context.ts';
import type { FinalizeAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { identityOf } from './identity.ts';
import { freeze } from './observed/freeze.ts';
import { allObserved, readyPods } from './observed/observed.ts';
import { terminating } from './status/assess.ts';
import { deriveStatus } from './status/derive-status.ts';
import { finalizeResyncSeconds } from './status/resync.ts';

/** What serves is deleted first, so that no pod runs on without its configuration or its rights. */
const deletedFirst: ReadonlySet<string> = new Set(['Deployment', 'Service']);

/**
 * The finalize hook: ordered teardown of a deleted registry. First the Service and the Deployment are left out
 * of the answer, which deletes them; when they are gone, the rest; when nothing is observed, it is finalized.
 *
 * It never reads the spec, so that every registry can be deleted.
 */
export function finalize(request: HookRequest, context: Context): FinalizeAnswer {
  const { parent } = request;
  const identity = identityOf(parent);
  const remaining = allObserved(request.children);
  const serving = remaining.some(({ kind }) => deletedFirst.has(kind));
  const finalized = remaining.length === 0;
  return {
    status: deriveStatus(terminating, parent, identity, readyPods(request.children, identity), [], context),
    children: serving ? remaining.filter(({ kind }) => !deletedFirst.has(kind)).map(freeze) : [],
    ...(finalized ? {} : { resyncAfterSeconds: finalizeResyncSeconds(parent, context) }),
    finalized,
  };
}
