import type { JsonObject } from '../json.ts';
import type { Trouble } from './troubles.ts';

/**
 * The machines, as far as pods notice them. All fields may be changed at any time; `Workloads.look` makes the
 * change felt.
 */
export interface Nodes {
  /** One set of labels a node. A pod whose nodeSelector no node has stays unscheduled; so does any pod without nodes. `any`: every pod finds one. */
  labels: JsonObject[] | 'any';
  /** From a pod's start to its readiness. */
  readyAfterMilliseconds: number;
  /** From the deletion of a scheduled pod to its end. */
  endsAfterMilliseconds: number;
  /** Whether a pod of this template ever becomes ready; else its containers wait to be made. */
  starts: (template: JsonObject) => boolean;
  /** What keeps a pod of this template from running well, asked at each of its steps; undefined lets it be. */
  trouble: (template: JsonObject) => Trouble | undefined;
  /** How many pods a namespace may have, or undefined. */
  podQuota: number | undefined;
}

export const defaultNodes = (): Nodes => ({
  labels: [{}],
  readyAfterMilliseconds: 1000,
  endsAfterMilliseconds: 1000,
  starts: () => true,
  trouble: () => undefined,
  podQuota: undefined,
});
