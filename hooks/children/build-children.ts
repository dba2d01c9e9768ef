import type { Child } from '../contract/answer.ts';
import type { BuildInput } from './child-kind.ts';
import {
  type ChildKind,
  childKinds,
  type DesiredByKind,
  isOptional,
  kindsOfChildren,
} from './child-kinds.ts';

/** The children of a registry as they should be, with sorted keys. */
export interface DesiredChildren {
  /** In the order in which they are applied. */
  readonly all: readonly Child[];
  readonly byKind: DesiredByKind;
  /** The JSON text of `all`: it is measured, kept and sent, and takes as long to write as to build them. */
  readonly text: string;
}

/**
 * Builds the children that a registry asks for.
 *
 * @param registered the optional kinds that Metacontroller manages: it would never show a child of another kind again
 * @returns the children, and the kinds that are asked for and not registered
 */
export function buildChildren(
  input: BuildInput,
  registered: readonly ChildKind[],
): { readonly children: DesiredChildren; readonly unregistered: readonly ChildKind[] } {
  const built = kindsOfChildren.flatMap((kind) => {
    const child = childKinds[kind].build(input);
    return child ? [{ kind, child }] : [];
  });
  const isManaged = ({ kind }: { readonly kind: ChildKind }) =>
    !isOptional(kind) || registered.includes(kind);
  const managed = built.filter(isManaged);
  // Object.fromEntries does not keep which key has which value.
  const byKind = Object.fromEntries(
    managed.map(({ kind, child }) => [kind, child]),
  ) as unknown as DesiredByKind;
  const all = managed.map(({ child }) => child);
  return {
    children: { all, byKind, text: JSON.stringify(all) },
    unregistered: built.filter((child) => !isManaged(child)).map(({ kind }) => kind),
  };
}
