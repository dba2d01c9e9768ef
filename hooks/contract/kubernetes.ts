import { type Static, type TSchema, Type } from '@sinclair/typebox';

/**
 * The parts of Kubernetes objects that the hooks read. Every schema here is open: other keys are accepted and kept, so that
 * requests stay valid with a newer API server.
 */
const Open = { additionalProperties: true } as const;

/** A map of labels or annotations. */
export const StringMap = Type.Record(Type.String(), Type.String());

/** One entry of `metadata.managedFields`: who set which fields, by which operation, and when. */
export const ManagedFieldsEntry = Type.Object(
  {
    manager: Type.Optional(Type.String()),
    operation: Type.Optional(Type.String()),
    subresource: Type.Optional(Type.String()),
    time: Type.Optional(Type.String()),
    fieldsV1: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  Open,
);
export type ManagedFieldsEntry = Static<typeof ManagedFieldsEntry>;

/** Metadata, as far as the hooks read it. */
export const ObjectMeta = Type.Object(
  {
    name: Type.String({ minLength: 1 }),
    namespace: Type.Optional(Type.String()),
    uid: Type.Optional(Type.String()),
    generation: Type.Optional(Type.Integer({ minimum: 0 })),
    deletionTimestamp: Type.Optional(Type.String()),
    labels: Type.Optional(StringMap),
    annotations: Type.Optional(StringMap),
  },
  Open,
);
export type ObjectMeta = Static<typeof ObjectMeta>;

/** A `metav1.Condition` of an observed status, as far as the hooks read it. */
export const ObservedCondition = Type.Object(
  {
    type: Type.String({ minLength: 1 }),
    status: Type.String(),
    reason: Type.Optional(Type.String()),
    message: Type.Optional(Type.String()),
    observedGeneration: Type.Optional(Type.Integer()),
    lastTransitionTime: Type.Optional(Type.String()),
  },
  Open,
);
export type ObservedCondition = Static<typeof ObservedCondition>;

/**
 * An object of any kind, which is all that a child has to be. Its other fields are not validated: a registry has to be
 * synced, and finalized, whatever somebody wrote into a child.
 */
export const KubernetesObject = Type.Object(
  {
    apiVersion: Type.String({ minLength: 1 }),
    kind: Type.String({ minLength: 1 }),
    metadata: Type.Object(
      { name: Type.String({ minLength: 1 }), namespace: Type.Optional(Type.String()) },
      Open,
    ),
  },
  Open,
);
export type KubernetesObject = Readonly<Record<string, unknown>> & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>> & {
    readonly name: string;
    readonly namespace?: string;
  };
};

/** The schema of an object, as far as it is read. */
export const openObject = <P extends Record<string, TSchema>>(properties: P) =>
  Type.Object({ metadata: ObjectMeta, ...properties }, Open);
