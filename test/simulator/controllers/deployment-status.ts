import { type JsonObject, listAt, numberAt, objectAt, type StoredObject } from '../json.ts';
import type { ReplicaSet } from './replica-set.ts';

interface Condition extends JsonObject {
  type: string;
  status: string;
  reason: string;
  message: string;
  lastUpdateTime: string;
  lastTransitionTime: string;
}

const find = (conditions: readonly Condition[], type: string) =>
  conditions.find((condition) => condition.type === type);

/** A condition whose status and reason stay is not touched; any other goes to the end of the list. */
function set(
  conditions: Condition[],
  fresh: { type: string; status: string; reason: string; message: string },
  time: string,
): Condition[] {
  const known = find(conditions, fresh.type);
  if (known && known.status === fresh.status && known.reason === fresh.reason) return conditions;
  const lastTransitionTime = known?.status === fresh.status ? known.lastTransitionTime : time;
  return [...without(conditions, fresh.type), { ...fresh, lastUpdateTime: time, lastTransitionTime }];
}

const without = (conditions: readonly Condition[], type: string) =>
  conditions.filter((condition) => condition.type !== type);

const conditionsOf = (deployment: StoredObject) => listAt(deployment, 'status', 'conditions') as Condition[];

/** The status once a new ReplicaSet was made for a template, before anything else is known. */
export function withNewReplicaSet(deployment: StoredObject, name: string, time: string): JsonObject {
  const status = objectAt(deployment, 'status');
  const fresh = {
    type: 'Progressing',
    status: 'True',
    reason: 'NewReplicaSetCreated',
    message: `Created new replica set "${name}"`,
  };
  return { ...status, conditions: set(conditionsOf(deployment), fresh, time) };
}

export interface StatusInputs {
  readonly deployment: StoredObject;
  readonly all: readonly ReplicaSet[];
  readonly fresh: ReplicaSet | undefined;
  readonly maxUnavailable: number;
  readonly now: number;
  readonly time: string;
  /** Whether a rollout is judged here; scaling only counts. */
  readonly judges: boolean;
}

/** The status of a Deployment, as its controller derives it from its ReplicaSets. */
export function deploymentStatus(inputs: StatusInputs): JsonObject {
  const { deployment, all, fresh, maxUnavailable, time } = inputs;
  const sum = (count: (set: ReplicaSet) => number) => all.reduce((total, set) => total + count(set), 0);
  const available = sum((set) => set.status.ready);
  const unavailable = Math.max(sum((set) => set.replicas) - available, 0);
  const desired = numberAt(deployment, 'spec', 'replicas') ?? 1;
  const isAvailable = available >= desired - maxUnavailable;
  const conditions = set(
    conditionsOf(deployment),
    {
      type: 'Available',
      status: isAvailable ? 'True' : 'False',
      reason: isAvailable ? 'MinimumReplicasAvailable' : 'MinimumReplicasUnavailable',
      message: isAvailable
        ? 'Deployment has minimum availability.'
        : 'Deployment does not have minimum availability.',
    },
    time,
  );
  const counted: Counts = {
    replicas: sum((set) => set.status.replicas),
    updated: fresh?.status.replicas ?? 0,
    available,
  };
  const judged = inputs.judges ? judge(inputs, counted, conditions, desired) : conditions;
  const ending = all.some((set) => set.status.ending === undefined)
    ? undefined
    : sum((set) => set.status.ending ?? 0);
  return {
    observedGeneration: Number(deployment.metadata['generation']),
    ...(counted.replicas > 0 && { replicas: counted.replicas }),
    ...(counted.updated > 0 && { updatedReplicas: counted.updated }),
    ...(available > 0 && { readyReplicas: available, availableReplicas: available }),
    ...(unavailable > 0 && { unavailableReplicas: unavailable }),
    ...(ending !== undefined && { terminatingReplicas: ending }),
    ...(judged.length > 0 && { conditions: judged }),
  };
}

interface Counts {
  readonly replicas: number;
  readonly updated: number;
  readonly available: number;
}

function judge(inputs: StatusInputs, counted: Counts, given: Condition[], desired: number): Condition[] {
  const { deployment, all, fresh, now, time } = inputs;
  const known = find(conditionsOf(deployment), 'Progressing');
  const name = fresh?.name ?? deployment.metadata.name;
  const progressing = (status: string, reason: string, message: string) => ({
    type: 'Progressing',
    status,
    reason,
    message: `ReplicaSet "${name}" ${message}`,
  });
  let conditions = given;
  const isSettled = counted.replicas === counted.updated && known?.reason === 'NewReplicaSetAvailable';
  if (!isSettled) {
    const isComplete =
      counted.updated === desired && counted.replicas === desired && counted.available === desired;
    if (isComplete) {
      conditions = set(
        conditions,
        progressing('True', 'NewReplicaSetAvailable', 'has successfully progressed.'),
        time,
      );
    } else if (hasMoved(deployment, counted)) {
      const condition = progressing('True', 'ReplicaSetUpdated', 'is progressing.');
      const lastTransitionTime = known?.status === 'True' ? known.lastTransitionTime : time;
      conditions = [
        ...without(conditions, 'Progressing'),
        { ...condition, lastUpdateTime: time, lastTransitionTime },
      ];
    } else if (isOverdue(deployment, find(conditions, 'Progressing'), now)) {
      conditions = set(
        conditions,
        progressing('False', 'ProgressDeadlineExceeded', 'has timed out progressing.'),
        time,
      );
    }
  }
  const failure =
    fresh?.status.failure ?? all.find((set) => set.status.failure !== undefined)?.status.failure;
  if (failure === undefined) return without(conditions, 'ReplicaFailure');
  return set(
    conditions,
    { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure },
    time,
  );
}

function hasMoved(deployment: StoredObject, counted: Counts): boolean {
  const old = (field: string) => numberAt(deployment, 'status', field) ?? 0;
  return (
    counted.updated > old('updatedReplicas') ||
    counted.replicas - counted.updated < old('replicas') - old('updatedReplicas') ||
    counted.available > old('readyReplicas') ||
    counted.available > old('availableReplicas')
  );
}

function isOverdue(deployment: StoredObject, progressing: Condition | undefined, now: number): boolean {
  if (!progressing || progressing.reason === 'NewReplicaSetAvailable') return false;
  if (progressing.reason === 'ProgressDeadlineExceeded') return true;
  return now > deadlineOf(deployment, progressing.lastUpdateTime);
}

/** The instant after which a rollout without progress counts as stuck, in milliseconds. */
const deadlineOf = (deployment: StoredObject, since: string): number =>
  Date.parse(since) + (numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000;

/** When to look again whether a rollout is overdue, in milliseconds from now; undefined when there is nothing to wait for. */
export function untilOverdue(deployment: StoredObject, now: number): number | undefined {
  const progressing = find(conditionsOf(deployment), 'Progressing');
  if (!progressing || ['NewReplicaSetAvailable', 'ProgressDeadlineExceeded'].includes(progressing.reason))
    return undefined;
  return Math.max(deadlineOf(deployment, progressing.lastUpdateTime) - now, 0) + 1000;
}
