import type { JsonObject } from '../json.ts';

/** A part of a spec, and its name in messages. */
export interface Section {
  readonly field: string;
  readonly value: JsonObject;
  /** The names of those of its fields that are not below `field`. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** Whether a spec of this form has no field for its claims. */
  readonly claimless?: boolean;
}

/** The name of a field of a section. */
export const fieldOf = ({ field, elsewhere }: Section, name: string): string =>
  elsewhere?.[name] ?? `${field}.${name}`;

/**
 * The sections of a configuration, in whichever form a spec has them. The typed fields and `config.yaml` have the same
 * names for what is read here, apart from the kinds of source.
 */
export interface Sections {
  /** Whether they are those of `configYAML`, of which nothing is known but that it is a mapping. */
  readonly raw: boolean;
  readonly sources: readonly Section[];
  /** The views, each with the names of its sources in `sources`. */
  readonly views: readonly Section[];
  readonly database: Section;
  readonly auth: Section;
  readonly telemetry: Section;
  readonly audit: Section;
}

/**
 * How many items of a list of `configYAML` are read: as many as the longest list of typed fields may have. By its aliases,
 * each may be as large as the whole text.
 */
export const SECTION_LIMIT = 100;
