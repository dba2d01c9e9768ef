import type { JsonObject } from '../pod/strategic-merge.ts';
import type { PodTemplate } from './pod-template.ts';

/** The parts of a pod template that rules look at. */
export type Named = { readonly name: string } & Readonly<Record<string, unknown>>;

export type Mount = Named & { readonly mountPath: string; readonly subPath?: string };

export interface Container extends Named {
  readonly ports?: readonly Named[];
  readonly volumeMounts?: readonly Mount[];
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Named[];
  readonly restartPolicy?: unknown;
  readonly ephemeralContainers?: unknown;
  readonly activeDeadlineSeconds?: unknown;
}

/** A merged template may lack any part: a patch can take it out. */
export const podSpecOf = (template: PodTemplate): PodSpec => (template.spec ?? {}) as PodSpec;

/** What of a template comes from the user, as it is written in the spec. */
export interface UserFields {
  readonly podTemplate: JsonObject;
  readonly volumes: readonly unknown[];
  readonly volumeMounts: readonly unknown[];
}

/**
 * The index of a named item in a list of the user's pod template, in brackets.
 *
 * @returns nothing if the item is not the user's
 */
export function nameIndex(podTemplate: JsonObject, list: string, name: string): string {
  const items = ((podTemplate['spec'] ?? {}) as JsonObject)[list];
  const index = Array.isArray(items) ? items.findIndex((item) => item?.name === name) : -1;
  return index < 0 ? '' : `[${index}]`;
}
