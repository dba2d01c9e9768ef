import type { BaseLogger } from 'pino';
import type { CallSummary } from './call-summary.ts';
import { truncate } from './truncate.ts';

/** A call of which a line is logged. */
export interface LoggedCall {
  readonly id: string;
  readonly hook: string;
  /** From its headers to its answer, in milliseconds. */
  readonly ms: number;
}

/**
 * Logs an answered call in one line. A failed or frozen registry is a warning. The message says whether the phase
 * changed.
 */
export function logCall(
  log: Pick<BaseLogger, 'info' | 'warn'>,
  { id, hook, ms }: LoggedCall,
  { namespace, name, generation, phase, phaseBefore, frozen, children }: CallSummary,
): void {
  const changed = phase !== phaseBefore;
  const line = {
    id,
    hook,
    registry: truncate(`${namespace}/${name}`),
    generation,
    phase,
    ...(changed && { transition: `${phaseBefore ?? 'none'}→${phase}` }),
    ...(frozen && { frozen }),
    children,
    ms: Math.round(ms * 1000) / 1000,
  };
  const level = phase === 'Failed' || frozen ? 'warn' : 'info';
  log[level](line, changed ? 'phase changed' : 'answered');
}
