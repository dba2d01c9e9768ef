import { buildChildren, type DesiredChildren } from './children/build-children.ts';
import { nameProblems } from './children/names.ts';
import type { Defaults } from './context.ts';
import type { Parent } from './contract/request.ts';
import type { Problem } from './registry/problem.ts';
import { readRegistry } from './registry/registry.ts';

/** Which registry: the part of a parent's metadata that its children's names come from. */
export interface Identity {
  readonly name: string;
  readonly namespace: string;
}

export const identityOf = ({ metadata: { name, namespace } }: Parent): Identity => ({ name, namespace });

/** What a spec asks for: six children, or the problems that keep it from being honoured. */
export type Desired =
  | { readonly children: DesiredChildren; readonly problems?: never }
  | { readonly children?: never; readonly problems: readonly Problem[] };

/**
 * From a spec, of any type, to what it asks for. A function of its arguments alone, so that an equal call may
 * be answered from memory.
 */
export type Desire = (identity: Identity, spec: unknown, defaults: Defaults) => Desired;

export const desireRegistry: Desire = (identity, spec, defaults) => {
  const wrongName = nameProblems(identity);
  const { registry, problems = [] } = readRegistry(spec);
  return registry && wrongName.length === 0
    ? { children: buildChildren(identity, registry, defaults) }
    : { problems: [...wrongName, ...problems] };
};
