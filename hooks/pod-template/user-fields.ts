import { CONTAINER } from '../children/pod-template.ts';
import { type JsonObject, listOf, objectOf } from '../json.ts';
import type { ContainerList, Mount } from './template-parts.ts';

/** The field of the spec that holds the user's pod template. */
export const TEMPLATE_FIELD = 'spec.podTemplateSpec';

/** The parts of a pod template that come from the user, as the spec has them. */
export interface UserParts {
  readonly podTemplate: JsonObject;
  readonly volumes: readonly unknown[];
  readonly volumeMounts: readonly unknown[];
}

/** Names the field of the spec that a part of a merged template comes from, so that a problem can point to it. */
export class UserFields {
  readonly parts: UserParts;
  readonly #volumes: ReadonlyMap<unknown, number>;
  readonly #volumeMounts: ReadonlyMap<unknown, number>;
  readonly #templateLists = new Map<string, ReadonlyMap<unknown, number>>();

  constructor(parts: UserParts) {
    this.parts = parts;
    this.#volumes = indexBy('name', parts.volumes);
    this.#volumeMounts = indexBy('mountPath', parts.volumeMounts);
  }

  /** A container in the user's pod template; the list if the container is not the user's. */
  container(list: ContainerList, name: string): string {
    return this.templateItem(list, name);
  }

  /** A volume, in `spec.volumes` if it is there, otherwise in the user's pod template. */
  volume(name: string): string {
    const index = this.#volumes.get(name);
    return index === undefined ? this.templateItem('volumes', name) : `spec.volumes[${index}]`;
  }

  /** The mounts of a container, or the one entry of `spec.volumeMounts` that a mount comes from. */
  volumeMount(list: ContainerList, container: string, { mountPath }: Mount): string {
    const index = container === CONTAINER ? this.#volumeMounts.get(mountPath) : undefined;
    return index === undefined
      ? `${this.container(list, container)}.volumeMounts`
      : `spec.volumeMounts[${index}]`;
  }

  /** A named item in a list of the user's pod template; the list if the item is not the user's. */
  templateItem(list: ContainerList | 'volumes', name: string): string {
    let indexes = this.#templateLists.get(list);
    if (!indexes) {
      indexes = indexBy('name', listOf(objectOf(this.parts.podTemplate['spec'])[list]));
      this.#templateLists.set(list, indexes);
    }
    const index = indexes.get(name);
    return `${TEMPLATE_FIELD}.spec.${list}${index === undefined ? '' : `[${index}]`}`;
  }
}

/** The index of the first item with each value of a field. */
function indexBy(field: string, items: readonly unknown[]): ReadonlyMap<unknown, number> {
  const indexes = new Map<unknown, number>();
  for (const [index, item] of items.entries()) {
    const value = objectOf(item)[field];
    if (!indexes.has(value)) indexes.set(value, index);
  }
  return indexes;
}
