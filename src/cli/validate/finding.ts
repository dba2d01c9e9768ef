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
  | WarningReason;

/** Something about a registry that has to be corrected, or that its author should know. */
export interface Finding {
  /** An error keeps the registry from being applied; a warning does not. */
  readonly level: 'error' | 'warning';
  readonly reason: FindingReason;
  readonly registry: { readonly namespace: string; readonly name: string };
  /** As messages name it: `spec.sources[0].git.branch`; several, as `spec.a, spec.b and 3 more`. */
  readonly field: string;
  /** What is wrong and how to correct it, as the rest of a sentence that begins with the field. */
  readonly message: string;
  readonly place: Place;
}
