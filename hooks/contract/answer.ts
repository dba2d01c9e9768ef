import { type Static, Type } from '@sinclair/typebox';
import { MCPRegistryStatus } from './status.ts';

/**
 * A child as it is answered: only the fields that this project owns, in canonical form.
 * What is left out of `metadata` and below is the API server's or somebody else's.
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
 * The answer to a sync call. A child that is observed and not in `children` is deleted by Metacontroller.
 * v2 hooks are decoded strictly: there is no other top-level key.
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

/** The answer to a finalize call; `finalized: true` lets Metacontroller take its finalizer off the parent. */
export const FinalizeAnswer = Type.Object({
  ...SyncAnswer.properties,
  finalized: Type.Boolean(),
});
export type FinalizeAnswer = SyncAnswer & { readonly finalized: boolean };
