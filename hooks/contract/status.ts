import { type Static, Type } from '@sinclair/typebox';
import type { ObservedCondition } from './kubernetes.ts';

/** `metav1.Condition` (apimachinery: pkg/apis/meta/v1/types.go), as it is written. */
export const Condition = Type.Object({
  type: Type.String({ description: 'What the condition is about, such as Ready.', maxLength: 316 }),
  status: Type.Union([Type.Literal('True'), Type.Literal('False'), Type.Literal('Unknown')], {
    description: 'Whether the condition holds.',
  }),
  reason: Type.String({
    description: 'Why, in one CamelCase word for programs.',
    minLength: 1,
    maxLength: 1024,
    pattern: '^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$',
  }),
  message: Type.String({ description: 'Why, in a sentence for people.', maxLength: 32_768 }),
  observedGeneration: Type.Optional(
    Type.Integer({ description: 'The generation of the spec that the condition speaks of.', minimum: 0 }),
  ),
  lastTransitionTime: Type.String({
    description: 'When the status of the condition last changed.',
    format: 'date-time',
  }),
});
export type Condition = Static<typeof Condition>;

/**
 * The phases. A registry that serves is `Running`, or `Ready` where the CompositeController is registered for v1beta1. The
 * version that a reader requests does not matter, because the status is stored as it is written.
 */
export const Phase = Type.Union([
  Type.Literal('Pending'),
  Type.Literal('Running'),
  Type.Literal('Ready'),
  Type.Literal('Failed'),
  Type.Literal('Terminating'),
]);
export type Phase = Static<typeof Phase>;

/** The flat status of an MCPRegistry, as the hooks answer it. */
export const MCPRegistryStatus = Type.Object({
  phase: Phase,
  message: Type.String({
    description: 'What the phase means here, and what to do where something is wrong.',
  }),
  url: Type.Optional(
    Type.String({ description: 'Where the registry API is served inside the cluster; set while it serves.' }),
  ),
  externalUrl: Type.Optional(
    Type.String({
      description:
        'Where the registry API is reached from outside of the cluster, from the first host that spec.expose names; set while the condition Exposed is True.',
    }),
  ),
  readyReplicas: Type.Optional(
    Type.Integer({
      description:
        'How many pods are ready, as observed. In the first minute of a change it may leave out pods that became ready meanwhile. Absent while the registry is being deleted.',
      minimum: 0,
    }),
  ),
  replicas: Type.Optional(
    Type.Integer({
      description:
        'How many pods there are, as observed, for the subresource scale. In the first minute of a change it stays as it was.',
      minimum: 0,
    }),
  ),
  selector: Type.Optional(
    Type.String({ description: 'What selects the pods, for the subresource scale.', maxLength: 1024 }),
  ),
  observedGeneration: Type.Integer({
    description: 'The generation of the spec that the status speaks of.',
    minimum: 0,
  }),
  conditions: Type.Array(Condition),
});
/** Conditions of others are kept unchanged. */
export type MCPRegistryStatus = Omit<Static<typeof MCPRegistryStatus>, 'conditions'> & {
  readonly conditions: readonly (Condition | ObservedCondition)[];
};
