import type { Section } from '../section.ts';
import type { RegistryEntry, Source } from '../source/schema.ts';
import type { SingleSource } from './schema.ts';

/** A source or a view, and where a spec has it. */
export interface Part<Value extends Section['value']> extends Section {
  readonly value: Value;
}

/** A view, which always names sources. */
export type View = Pick<RegistryEntry, 'name' | 'claims'> & { readonly sources: readonly string[] };

/** What the typed fields of a spec say to serve, in whichever form they say it. */
export interface TypedForm {
  readonly sources: readonly Part<Source>[];
  /** Each with the names of its sources in `sources`. */
  readonly views: readonly Part<View>[];
}

/** The fields of a spec that say what to serve. */
export interface FormFields {
  readonly sources?: readonly Source[];
  readonly registries?: readonly RegistryEntry[];
  readonly defaultSource?: boolean;
  readonly source?: SingleSource;
  readonly syncPolicy?: NonNullable<Source['syncPolicy']>;
  readonly filter?: NonNullable<Source['filter']>;
}
