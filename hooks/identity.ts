import type { Parent } from './contract/request.ts';

/** Which registry: the part of a parent's metadata that its children's names come from. */
export interface Identity {
  readonly name: string;
  readonly namespace: string;
}

export const identityOf = ({ metadata: { name, namespace } }: Parent): Identity => ({ name, namespace });
