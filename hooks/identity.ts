import type { Parent } from './contract/request.ts';

/** The part of a parent's metadata that identifies a registry and from which its children are named. */
export interface Identity {
  readonly name: string;
  readonly namespace: string;
}

export const identityOf = ({ metadata: { name, namespace } }: Parent): Identity => ({ name, namespace });
