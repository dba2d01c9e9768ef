import type { WarningReason } from '../../../hooks/registry/warning.ts';
import type { Place } from '../input/input-document.ts';

/** The kinds of finding. Programs may go by them: a kind that is renamed is a change for users. */
export type FindingReason =
  /** Of the status of a registry whose spec is refused. */
  | 'InvalidSpec'
  | 'InvalidPodTemplateSpec'
  /** There is no registry for a hook to be asked about. */
  | 'InvalidObject'
  /** The API server would drop it, or kubectl refuse the object. */
  | 'UnknownField'
  /** Two objects of the input can't exist beside each other. */
  | 'SameName'
  | 'NameTaken'
  /** Nothing is known of what is in it. */
  | 'NotYaml'
  | 'UnreadableFile'
  | WarningReason;

/** Something about a registry, or a file of the input, that has to be corrected, or that its author should know. */
export interface Finding {
  /** An error keeps the registry from being applied; a warning does not. */
  readonly level: 'error' | 'warning';
  readonly reason: FindingReason;
  /** Left out where the file can't be read. */
  readonly registry?: { readonly namespace: string; readonly name: string };
  /** As messages name it: `spec.sources[0].git.branch`; several, as `spec.a, spec.b and 3 more`. Left out where the file can't be read. */
  readonly field?: string;
  /** What is wrong and how to correct it, as the rest of a sentence that begins with the field, if there is one. */
  readonly message: string;
  readonly place: Place;
}

/** A finding as a sentence. */
export const sentenceOf = ({ registry, field, message }: Finding): string =>
  registry ? `MCPRegistry ${registry.namespace}/${registry.name}: ${field}: ${message}` : message;
