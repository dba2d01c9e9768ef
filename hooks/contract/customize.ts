import { type Static, Type } from '@sinclair/typebox';
import { StringMap } from './kubernetes.ts';
import { Parent } from './request.ts';

/** The body that Metacontroller posts to the customize hook, v1 and v2 (metacontroller: pkg/controller/common/customize/api). */
export const CustomizeRequest = Type.Object({ parent: Parent }, { additionalProperties: true });
export type CustomizeRequest = { readonly parent: Parent };

/**
 * Which objects of a kind a registry wants to see: by their names, or by their labels
 * (metacontroller: docs/src/api/customize.md).
 */
export const RelatedRule = Type.Object({
  apiVersion: Type.String(),
  /** The plural name of the resource, in lower case. */
  resource: Type.String(),
  namespace: Type.Optional(Type.String({ description: 'The only namespace in which they are.' })),
  names: Type.Optional(Type.Array(Type.String(), { minItems: 1 })),
  labelSelector: Type.Optional(Type.Object({ matchLabels: StringMap })),
});
export type RelatedRule = Static<typeof RelatedRule>;

/** The answer of the customize hook. */
export const CustomizeAnswer = Type.Object({ relatedResources: Type.Array(RelatedRule) });
export type CustomizeAnswer = { readonly relatedResources: readonly RelatedRule[] };
