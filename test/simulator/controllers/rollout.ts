import { at, numberAt, type StoredObject } from '../json.ts';
import type { ReplicaSet } from './replica-set.ts';

export interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

/** maxSurge and maxUnavailable in pods: percentages round up and down; both zero would never move, so one may be missing. */
export function limitsOf(deployment: StoredObject): Limits {
  const replicas = desiredOf(deployment);
  const read = (field: string, round: (value: number) => number): number => {
    const value = at(deployment, 'spec', 'strategy', 'rollingUpdate', field);
    if (typeof value === 'number') return value;
    return round((Number.parseInt(String(value ?? '0'), 10) / 100) * replicas);
  };
  const [surge, unavailable] = [read('maxSurge', Math.ceil), read('maxUnavailable', Math.floor)];
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

export const desiredOf = (deployment: StoredObject): number => numberAt(deployment, 'spec', 'replicas') ?? 1;

export const isRecreate = (deployment: StoredObject): boolean =>
  at(deployment, 'spec', 'strategy', 'type') === 'Recreate';

const total = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((sum, set) => sum + count(set), 0);

/** How many pods a ReplicaSet that is new for a template starts, or grows to. */
export function freshReplicas(deployment: StoredObject, all: readonly ReplicaSet[], current: number): number {
  const desired = desiredOf(deployment);
  if (isRecreate(deployment)) return desired;
  const room = desired + limitsOf(deployment).surge - total(all, (set) => set.replicas);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/**
 * One step of a rolling update: the new ReplicaSet grows as far as surge allows, or else the old ones shrink as far
 * as availability allows, those first whose pods are not ready.
 */
export function roll(deployment: StoredObject, fresh: ReplicaSet, old: readonly ReplicaSet[]): void {
  const desired = desiredOf(deployment);
  const all = [fresh, ...old];
  if (fresh.replicas !== desired) {
    const wanted = fresh.replicas > desired ? desired : freshReplicas(deployment, all, fresh.replicas);
    if (wanted !== fresh.replicas) {
      fresh.scale(wanted, desired);
      return;
    }
  }
  if (total(old, (set) => set.replicas) === 0) return;
  const minimum = desired - limitsOf(deployment).unavailable;
  const most = total(all, (set) => set.replicas) - minimum - (fresh.replicas - fresh.status.ready);
  if (most <= 0) return;
  let cleaned = 0;
  for (const set of old) {
    if (cleaned >= most || set.replicas === 0 || set.replicas === set.status.ready) continue;
    const fewer = Math.min(most - cleaned, set.replicas - set.status.ready);
    set.scale(set.replicas - fewer, desired);
    cleaned += fewer;
  }
  let spare = total(all, (set) => set.status.ready) - minimum;
  for (const set of old) {
    if (spare <= 0) return;
    const fewer = Math.min(set.replicas, spare);
    set.scale(set.replicas - fewer, desired);
    spare -= fewer;
  }
}
