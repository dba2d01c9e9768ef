import type { BaseLogger } from 'pino';
import type { Parent } from '../../hooks/contract/request.ts';
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
    ms: rounded(ms),
  };
  const level = phase === 'Failed' || frozen ? 'warn' : 'info';
  log[level](line, changed ? 'phase changed' : 'answered');
}

/** Logs a call that asked which related objects a registry has. */
export function logRelated(
  log: Pick<BaseLogger, 'info'>,
  { id, hook, ms }: LoggedCall,
  { namespace, name, generation }: Parent['metadata'],
  rules: number,
): void {
  const registry = truncate(`${namespace}/${name}`);
  log.info({ id, hook, registry, generation, rules, ms: rounded(ms) }, 'answered');
}

/** To microseconds. */
const rounded = (ms: number): number => Math.round(ms * 1000) / 1000;
