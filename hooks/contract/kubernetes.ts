import { type Static, type TSchema, Type } from '@sinclair/typebox';

/**
 * The parts of Kubernetes objects that the hooks read. Every schema here is open: keys that are not named
 * are tolerated and kept, so a newer API server never turns a good request into a bad one.
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

/** `metav1.Condition`, as far as it is read back from a status. */
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
 * An object of any kind: all that a child has to be. What else it holds is taken as it comes, since a registry must be
 * answered, and finalized, whatever somebody wrote into a child.
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
