import type { Context } from '../../hooks/context.ts';
import type { Child } from '../../hooks/contract/answer.ts';
import type { KubernetesObject, ObjectMeta } from '../../hooks/contract/kubernetes.ts';
import type { HookRequest } from '../../hooks/contract/request.ts';
import { sync } from '../../hooks/sync.ts';
import { recording } from '../fixtures/recordings.ts';
import { deepFreeze } from './deep-freeze.ts';

/** The context of production with its clock stopped. */
export const context: Context = deepFreeze({
  now: new Date('2026-11-24T06:00:00.500Z'),
  defaults: {
    image: 'ghcr.io/stacklok/thv-registry-api:v1.5.1',
    healthPort: 8081,
    pgpassImage:
      'gcr.io/distroless/static-debian12:debug-nonroot@sha256:d5563cc7f2f44313f332e91138cc8c6a158899afeeeab2fce3b0f9ccdb3cf9ee',
    imagePullSecrets: [],
  },
});

/** A recorded request, frozen. */
export const recorded = (folder: string, step: number) => recording(folder, step).request as HookRequest;

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

/** A copy of a request with a change, frozen again. */
export function changed(request: HookRequest, change: (copy: Mutable<HookRequest>) => void): HookRequest {
  const copy = structuredClone(request) as Mutable<HookRequest>;
  change(copy);
  return deepFreeze(copy) as HookRequest;
}

/** A copy of a request with another spec, as an edit makes it: the generation goes up by one. */
export const edited = (request: HookRequest, spec: unknown) =>
  changed(request, ({ parent }) => {
    parent.spec = spec as NonNullable<typeof parent.spec>;
    parent.metadata.generation += 1;
  });

/**
 * A recorded request as it would have been with the children of this project: the hook that was recorded made
 * others. What is desired for the spec is laid over what was observed; status, uids and owners stay.
 */
export function withOurChildren(request: HookRequest): HookRequest {
  const desired = sync(request, context).children;
  return changed(request, ({ children }) => {
    for (const group of Object.values(children) as Record<string, KubernetesObject>[]) {
      for (const [key, observed] of Object.entries(group)) {
        const ours = desired.find(
          ({ kind, metadata }) => kind === observed.kind && metadata.name === observed.metadata.name,
        );
        if (ours) group[key] = applied(observed, ours);
      }
    }
  });
}

const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';

/** As dynamic apply leaves a child: ours over what was there, and a note of what was applied. */
function applied(observed: KubernetesObject, ours: Child): KubernetesObject {
  const { metadata, ...rest } = ours;
  const before = observed.metadata as ObjectMeta;
  const labels = { ...before.labels, ...metadata.labels };
  const note = { ...ours, metadata: { ...metadata, labels } };
  const dynamic = before.annotations?.[LAST_APPLIED] !== undefined;
  return {
    ...observed,
    ...rest,
    metadata: {
      ...observed.metadata,
      labels,
      annotations: {
        ...before.annotations,
        ...metadata.annotations,
        ...(dynamic ? { [LAST_APPLIED]: JSON.stringify(note) } : {}),
      },
    },
  };
}

/** A JSON value with the keys of every object turned round. */
export function shuffled<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shuffled) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).reverse();
  return Object.fromEntries(entries.map(([key, item]) => [key, shuffled(item)])) as T;
}
