import type { Child } from '../contract/answer.ts';
import type { BuildInput } from './child-kind.ts';
import { childKinds, type DesiredByKind } from './child-kinds.ts';

/** The children of a registry as they should be, with sorted keys. */
export interface DesiredChildren {
  /** In the order in which they are applied. */
  readonly all: readonly Child[];
  readonly byKind: DesiredByKind;
  /** The JSON text of `all`: it is measured, kept and sent, and takes as long to write as to build them. */
  readonly text: string;
}

export function buildChildren(input: BuildInput): DesiredChildren {
  const built = Object.entries(childKinds).map(([kind, { build }]) => [kind, build(input)] as const);
  // Object.fromEntries does not keep which key has which value.
  const byKind = Object.fromEntries(built) as DesiredByKind;
  const all = Object.values(byKind);
  return { all, byKind, text: JSON.stringify(all) };
}
