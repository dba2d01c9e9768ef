import { type TOptional, Type } from '@sinclair/typebox';
import { api } from './kinds/api.ts';
import { configMapRef } from './kinds/config-map-ref.ts';
import { git } from './kinds/git.ts';
import { inline } from './kinds/inline.ts';
import { kubernetes } from './kinds/kubernetes.ts';
import { managed } from './kinds/managed.ts';
import { pvcRef } from './kinds/pvc-ref.ts';
import { url } from './kinds/url.ts';

/** The kinds of source, in the order in which messages list them. The schemas, the rules and the plans follow it. */
export const sourceKinds = { configMapRef, git, api, url, pvcRef, inline, managed, kubernetes };

type Kinds = typeof sourceKinds;
export type SourceKind = keyof Kinds;
/** The kinds that an entry of `registries` can hold. */
export type InlineSourceKind = {
  [K in SourceKind]: Kinds[K]['inline'] extends true ? K : never;
}[SourceKind];

// The type of Object.keys is wider than the table.
export const SourceKind = Object.keys(sourceKinds) as readonly SourceKind[];
export const InlineSourceKind = SourceKind.filter(
  (kind): kind is InlineSourceKind => sourceKinds[kind].inline,
);
/** The kinds that the server does not read again. */
export const unsyncedKinds = SourceKind.filter((kind) => !sourceKinds[kind].synced);

type KindFields<K extends SourceKind> = { [P in K]: TOptional<Kinds[P]['schema']> };

/** A field for each of some kinds, all optional. */
const fieldsOf = <K extends SourceKind>(kinds: readonly K[]) =>
  // fromEntries does not know the names.
  Object.fromEntries(kinds.map((kind) => [kind, Type.Optional(sourceKinds[kind].schema)])) as KindFields<K>;

/** The fields of an entry of `registries`. */
export const inlineKindFields = fieldsOf(InlineSourceKind);
/** The fields of a source, those of the inline form first. */
export const kindFields = { ...inlineKindFields, ...fieldsOf(SourceKind) };
