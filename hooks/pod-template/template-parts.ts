/** The parts of a pod template that the rules read. A merged template may lack any of them: a patch can remove it. */

/** A container, volume, port, variable or mount: an object with a name. */
export type Named = { readonly name: string } & Readonly<Record<string, unknown>>;

export type Mount = Named & { readonly mountPath: string; readonly subPath?: string };

/** A hook of a container's lifecycle. */
export interface LifecycleHandler {
  readonly sleep?: { readonly seconds: number };
}

export interface Container extends Named {
  readonly env?: readonly Named[];
  readonly ports?: readonly Named[];
  readonly volumeMounts?: readonly Mount[];
  readonly lifecycle?: Readonly<Record<string, LifecycleHandler | undefined>>;
}

/** The lists of a pod that hold containers. */
export type ContainerList = 'containers' | 'initContainers';

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Named[];
  readonly restartPolicy?: unknown;
  readonly ephemeralContainers?: unknown;
  readonly activeDeadlineSeconds?: unknown;
  readonly terminationGracePeriodSeconds?: number;
}

/** @param template valid against the schema of a PodTemplateSpec, or a patch that is */
export const podSpecOf = ({ spec }: { readonly spec?: unknown }): PodSpec => (spec ?? {}) as PodSpec;

/** The items that have the same key as an earlier one. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const key = keyOf(item);
    return seen.has(key) || !seen.add(key);
  });
}

/** Items by their key; the first one where several share a key. */
export function firstBy<T>(items: readonly T[], keyOf: (item: T) => unknown): ReadonlyMap<unknown, T> {
  const firsts = new Map<unknown, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!firsts.has(key)) firsts.set(key, item);
  }
  return firsts;
}
