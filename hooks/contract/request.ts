import { type Static, Type } from '@sinclair/typebox';
import { KubernetesObject, ManagedFieldsEntry, ObjectMeta, ObservedCondition } from './kubernetes.ts';

const Open = { additionalProperties: true } as const;

/**
 * The MCPRegistry of a request. `spec` is unknown on purpose: an invalid spec is a mistake of the user and is reported in
 * the status, while an invalid request is a mistake of the caller and is answered with 400.
 */
export const Parent = Type.Object(
  {
    apiVersion: Type.Union([
      Type.Literal('toolhive.stacklok.dev/v1alpha1'),
      Type.Literal('toolhive.stacklok.dev/v1beta1'),
    ]),
    kind: Type.Literal('MCPRegistry'),
    metadata: Type.Intersect([
      ObjectMeta,
      Type.Object(
        {
          namespace: Type.String({ minLength: 1 }),
          generation: Type.Integer({ minimum: 0 }),
          managedFields: Type.Optional(Type.Array(ManagedFieldsEntry)),
        },
        Open,
      ),
    ]),
    spec: Type.Optional(Type.Unknown()),
    status: Type.Optional(
      Type.Object(
        {
          readyReplicas: Type.Optional(Type.Unknown()),
          replicas: Type.Optional(Type.Unknown()),
          url: Type.Optional(Type.Unknown()),
          conditions: Type.Optional(Type.Array(ObservedCondition)),
        },
        Open,
      ),
    ),
  },
  Open,
);
export type Parent = Static<typeof Parent>;

/** Objects of one kind, keyed `name` by v1 hooks and `namespace/name` by v2 hooks. */
const Group = Type.Record(Type.String(), KubernetesObject);

/**
 * The observed children, in a group for each kind with the key `<Kind>.<apiVersion>`. Groups are present when empty.
 * The map itself is required: without it no running child would be known, and Metacontroller deletes children that an
 * answer does not contain.
 */
export const ObservedGroups = Type.Object({}, { additionalProperties: Group });
export type ObservedGroups = Readonly<Record<string, Readonly<Record<string, KubernetesObject>> | undefined>>;

/**
 * The body that Metacontroller posts to the sync and the finalize hook, v1 and v2
 * (metacontroller: pkg/controller/composite/api/{v1,v2}/hooks.go).
 * Metacontroller also sends `controller` and `finalizing`, which are not read, and `related`: the objects that a customize
 * hook asked for, in groups as the children. They belong to others, so anything is let pass.
 */
export const HookRequest = Type.Object(
  { parent: Parent, children: ObservedGroups, related: Type.Optional(Type.Unknown()) },
  Open,
);
export type HookRequest = {
  readonly parent: Parent;
  readonly children: ObservedGroups;
  readonly related?: unknown;
};
