import type { Defaults } from './context.ts';
import type { Child } from './contract/answer.ts';

/** Which registry: the part of a parent's metadata that its children's names come from. */
export interface Identity {
  readonly name: string;
  readonly namespace: string;
}

/** A field of a spec that can't be honoured, and what to do about it. */
export interface Problem {
  /** As `kubectl explain` writes it, with indexes: `spec.sources[0].git.branch`. */
  readonly field: string;
  readonly message: string;
}

/** What a spec asks for: six children, or the problems that keep it from being honoured. */
export type Desired =
  | { readonly valid: true; readonly children: readonly Child[] }
  | { readonly valid: false; readonly problems: readonly Problem[] };

/** From a spec to what it asks for: a function of its arguments alone, so an equal call may be answered from memory. */
export type Desire = (identity: Identity, spec: unknown, defaults: Defaults) => Desired;

export const desireRegistry: Desire = () => ({ valid: true, children: [] });
