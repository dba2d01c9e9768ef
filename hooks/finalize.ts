import type { Context } from './context.ts';
import type { FinalizeAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';

export function finalize(_request: HookRequest, _context: Context): FinalizeAnswer {
  throw new Error('not written yet');
}
