import type { Context } from './context.ts';
import type { SyncAnswer } from './contract/answer.ts';
import type { HookRequest } from './contract/request.ts';
import { type Desire, desireRegistry } from './desired.ts';

export function sync(_request: HookRequest, _context: Context, _desire: Desire = desireRegistry): SyncAnswer {
  throw new Error('not written yet');
}
