import type { JsonObject } from '../json.ts';

/** The parts of a pod template that rules look at. */
export type Named = { readonly name: string } & Readonly<Record<string, unknown>>;

export type Mount = Named & { readonly mountPath: string; readonly subPath?: string };

export interface Container extends Named {
  readonly ports?: readonly Named[];
  readonly volumeMounts?: readonly Mount[];
}

export interface PodSpec {
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Named[];
  readonly restartPolicy?: unknown;
  readonly ephemeralContainers?: unknown;
  readonly activeDeadlineSeconds?: unknown;
}

/** A merged template may lack any part: a patch can take it out. */
export const podSpecOf = ({ spec }: { readonly spec?: unknown }): PodSpec => (spec ?? {}) as PodSpec;

/** What of a template comes from the user, as it is written in the spec. */
export interface UserFields {
  readonly podTemplate: JsonObject;
  readonly volumes: readonly unknown[];
  readonly volumeMounts: readonly unknown[];
}

/** Finds where in the spec a part of a merged template comes from. */
export class UserPlaces {
  readonly user: UserFields;
  readonly #volumes: ReadonlyMap<unknown, number>;
  readonly #volumeMounts: ReadonlyMap<unknown, number>;
  readonly #lists = new Map<string, ReadonlyMap<unknown, number>>();

  constructor(user: UserFields) {
    this.user = user;
    this.#volumes = placesBy('name', user.volumes);
    this.#volumeMounts = placesBy('mountPath', user.volumeMounts);
  }

  /**
   * The index of a named item in a list of the user's pod template, in brackets.
   *
   * @returns nothing if the item is not the user's
   */
  nameIndex(list: 'containers' | 'initContainers' | 'volumes', name: string): string {
    let places = this.#lists.get(list);
    if (!places) {
      const items = ((this.user.podTemplate['spec'] ?? {}) as JsonObject)[list];
      places = placesBy('name', Array.isArray(items) ? items : []);
      this.#lists.set(list, places);
    }
    const index = places.get(name);
    return index === undefined ? '' : `[${index}]`;
  }

  /** The index of a volume in `spec.volumes`; undefined if it is not there. */
  volume = (name: string): number | undefined => this.#volumes.get(name);

  /** The index of a mount in `spec.volumeMounts`; undefined if it is not there. */
  volumeMount = (mountPath: string): number | undefined => this.#volumeMounts.get(mountPath);
}

/** Where the first item with each value of a field is. */
function placesBy(field: string, items: readonly unknown[]): ReadonlyMap<unknown, number> {
  const places = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const value = (item as JsonObject | null | undefined)?.[field];
    if (!places.has(value)) places.set(value, index);
  }
  return places;
}

/** The items of which an earlier one has the same key. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  const seen = new Set<unknown>();
  return items.filter((item) => {
    const key = keyOf(item);
    return seen.has(key) || !seen.add(key);
  });
}

/** Items by a key of theirs; the first stays where two share it. */
export function firstBy<T>(items: readonly T[], keyOf: (item: T) => unknown): ReadonlyMap<unknown, T> {
  const firsts = new Map<unknown, T>();
  for (const item of items) {
    const key = keyOf(item);
    if (!firsts.has(key)) firsts.set(key, item);
  }
  return firsts;
}
