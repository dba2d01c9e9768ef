import { type Static, Type } from '@sinclair/typebox';
import { MCPRegistryStatus } from './status.ts';

/**
 * A child in an answer: only the fields that this project owns, in canonical form. All other fields belong to the API
 * server or to somebody else.
 */
export const Child = Type.Object(
  {
    apiVersion: Type.String(),
    kind: Type.String(),
    metadata: Type.Object(
      {
        name: Type.String(),
        namespace: Type.String(),
        labels: Type.Optional(Type.Record(Type.String(), Type.String())),
        annotations: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      { additionalProperties: true },
    ),
  },
  { additionalProperties: true },
);
export type Child = Static<typeof Child> & Readonly<Record<string, unknown>>;

/**
 * The answer to a sync call. Metacontroller deletes observed children that are not in `children`, and decodes answers of
 * v2 hooks strictly: no other top-level key is allowed.
 */
export const SyncAnswer = Type.Object({
  status: MCPRegistryStatus,
  children: Type.Array(Child),
  resyncAfterSeconds: Type.Optional(Type.Number({ exclusiveMinimum: 0 })),
});
export type SyncAnswer = Omit<Static<typeof SyncAnswer>, 'children' | 'status'> & {
  readonly status: MCPRegistryStatus;
  readonly children: readonly Child[];
};

/** The answer to a finalize call; with `finalized: true`, Metacontroller removes its finalizer from the parent. */
export const FinalizeAnswer = Type.Object({
  ...SyncAnswer.properties,
  finalized: Type.Boolean(),
});
export type FinalizeAnswer = SyncAnswer & { readonly finalized: boolean };
