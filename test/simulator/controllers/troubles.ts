import type { ApiServer } from '../api-server/api-server.ts';
import { at, type JsonObject, listAt, objectAt, stringAt } from '../json.ts';

/** A pod's container, or its scheduling, that does not go well. Each step of a pod meets the trouble of that moment. */
export type Trouble =
  /** No node has room for what it asks: the scheduler says so. */
  | { readonly is: 'unschedulable'; readonly message?: string }
  /** It waits for a PersistentVolumeClaim that is not bound, or, with a name, that does not exist. */
  | { readonly is: 'claim'; readonly missing?: string }
  /** The container's image does not exist. */
  | { readonly is: 'image'; readonly container?: string; readonly message?: string }
  /** A Secret or ConfigMap of the environment, or a key in it, does not exist; the kubelet's words. */
  | { readonly is: 'config'; readonly container?: string; readonly message: string }
  /** ConfigMaps of its volumes are not there: it starts once each exists with the keys that its items name. */
  | { readonly is: 'mounts' }
  /** The container runs for a while and ends; the first init container instead with `init`. */
  | {
      readonly is: 'crash';
      readonly container?: string;
      readonly init?: boolean;
      readonly exitCode?: number;
      readonly reason?: string;
      readonly runsMilliseconds?: number;
      /** Its last words: of the count of crashes before, and the instant in milliseconds. */
      readonly message?: (crash: number, now: number) => string;
    }
  /** It runs and its readiness probe fails. */
  | { readonly is: 'probe'; readonly container?: string }
  /** It gets ready, and after a while the kubelet evicts it. */
  | { readonly is: 'evict'; readonly afterMilliseconds?: number };

/** The kernel ended it for its memory. */
export const outOfMemory: Trouble = {
  is: 'crash',
  exitCode: 137,
  reason: 'OOMKilled',
  runsMilliseconds: 20_000,
};

/** The scheduler's words for a pod that fits on none of so many nodes, and why giving up others would not help. */
export const fitsNowhere = (nodes: number, why: string, preemption: string): string =>
  nodes === 0
    ? 'no nodes available to schedule pods'
    : `0/${nodes} nodes are available: ${nodes} ${why}. no new claims to deallocate, preemption: 0/${nodes} nodes are available: ${nodes} ${preemption}.`;

/** What containerd says of an image that its registry does not have. */
export const noSuchImage = (image: string): string =>
  `rpc error: code = NotFound desc = failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;

export const lowOnMemory = (container: string): string =>
  `The node was low on resource: memory. Threshold quantity: 100Mi, available: 48292Ki. Container ${container} was using 412Mi, request is 128Mi, has larger consumption of memory. `;

/** Whether each ConfigMap of the template's volumes exists, with the keys that are named, unless it is optional. */
export function hasConfigMaps(api: ApiServer, namespace: string, template: JsonObject): boolean {
  const sources = listAt(template, 'spec', 'volumes').flatMap((volume) => [
    at(volume, 'configMap'),
    ...listAt(volume, 'projected', 'sources').map((source) => at(source, 'configMap')),
  ]);
  return sources.every((source) => {
    const name = stringAt(source, 'name');
    if (name === undefined || at(source, 'optional') === true) return true;
    const found = api.get('ConfigMap', namespace, name);
    const data = { ...objectAt(found, 'data'), ...objectAt(found, 'binaryData') };
    return found !== undefined && listAt(source, 'items').every((item) => String(at(item, 'key')) in data);
  });
}
