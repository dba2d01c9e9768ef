import { posix } from 'node:path';
import { type Static, type TSchema, Type } from '@sinclair/typebox';
import type { FileMount } from '../pod-fragment.ts';
import { type Rule, withRules } from '../rule.ts';
import { CONFIG_DIRECTORY, type ConfigObject } from '../server-config.ts';

/** What a source becomes: its part of the configuration, and the files that it needs in the pod. */
export interface SourcePlan {
  readonly config: ConfigObject;
  readonly files?: readonly FileMount[];
  /** Files that are kept beside `config.yaml`, by name. */
  readonly data?: Readonly<Record<string, string>>;
}

/** All that is particular to a kind of source. */
export interface SourceKindRow<S extends TSchema, Inline extends boolean> {
  /** The value of the field that bears the name of the kind. Its descriptions become the CRD and the reference. */
  readonly schema: S;
  /** What the schema can't express. */
  readonly rules?: readonly Rule<Static<S>>[];
  /** Whether an entry of `registries` can hold it, as in the first releases of the resource. */
  readonly inline: Inline;
  /** Whether the server reads it again and again; if not, an interval and a filter have no effect. */
  readonly synced: boolean;
  /** @param name the name of the source */
  readonly plan: (value: Static<S>, name: string) => SourcePlan;
}

/** A row of the table of kinds. Its schema carries its rules. */
export const sourceKind = <S extends TSchema, const Inline extends boolean>({
  rules = [],
  ...row
}: SourceKindRow<S, Inline>) => ({ ...row, schema: withRules(row.schema, rules) });

/** Where the registry file of a source is mounted, a folder for each source (docs/design.md, "config.yaml"). */
export const sourceDirectory = (name: string): string => posix.join(CONFIG_DIRECTORY, 'registry', name);

/** What the descriptions of fields say that decide what is read (seen with server 1.5.1). */
export const afterInterval =
  'A change takes effect once the interval has passed since the source was last read, even if the server restarts meanwhile; under a new name, the source is read at once.';

export const DEFAULT_FILE = 'registry.json';

/** The path of a registry file. */
export const RegistryFilePath = (description: string) =>
  Type.String({
    description,
    pattern: '^.*\\.json$',
    maxLength: 1024,
    expects: 'the path of a .json file',
    default: DEFAULT_FILE,
  });
