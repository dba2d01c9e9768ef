import type { Cancel } from '../clock.ts';
import { at, isObject, type JsonObject, listAt, objectAt, stringAt } from '../json.ts';

/** What a container of a pod is doing. */
export interface ContainerState {
  /** `waiting`, `running` or `terminated`, with the fields of it. */
  state: JsonObject;
  last: JsonObject;
  restarts: number;
  isReady: boolean;
}

export interface Pod {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly template: JsonObject;
  readonly created: string;
  readonly owner: { readonly name: string; readonly uid: string };
  isScheduled: boolean;
  isReady: boolean;
  isEnding: boolean;
  isGone: boolean;
  timer: Cancel | undefined;
  /** The next step of its kubelet, where a trouble has it wait. */
  step: Cancel | undefined;
  /** When its deletion has to be over, and how long that may take, once it is deleted. */
  deletion: { readonly timestamp: string; readonly seconds: number } | undefined;
  /** Why the scheduler found no node. */
  unscheduled: string | undefined;
  /** When the kubelet took it; before it there are no containers. */
  started: string | undefined;
  /** Whether volumes and network are there. */
  hasSandbox: boolean;
  /** The words of the kubelet that evicted it. */
  evicted: string | undefined;
  readonly containers: Map<string, ContainerState>;
  readonly initContainers: Map<string, ContainerState>;
  /** When each condition changed last. */
  readonly changes: Map<string, { readonly status: string; readonly at: string }>;
}

type NewPod = Pick<Pod, 'name' | 'namespace' | 'uid' | 'template' | 'created' | 'owner'>;

export function newPod(parts: NewPod): Pod {
  const fresh = (list: string): [string, ContainerState][] =>
    listAt(parts.template, 'spec', list).map((container) => [
      String(at(container, 'name')),
      { state: {}, last: {}, restarts: 0, isReady: false },
    ]);
  return {
    ...parts,
    isScheduled: false,
    isReady: false,
    isEnding: false,
    isGone: false,
    timer: undefined,
    step: undefined,
    deletion: undefined,
    unscheduled: undefined,
    started: undefined,
    hasSandbox: false,
    evicted: undefined,
    containers: new Map(fresh('containers')),
    initContainers: new Map(fresh('initContainers')),
    changes: new Map(),
  };
}

/** What the API server adds to a pod by itself: the defaults of admission. */
const admitted: JsonObject = {
  enableServiceLinks: true,
  preemptionPolicy: 'PreemptLowerPriority',
  priority: 0,
  tolerations: ['not-ready', 'unreachable'].map((key) => ({
    effect: 'NoExecute',
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    tolerationSeconds: 300,
  })),
};

/** A pod as the API server stores it, without managedFields. `now` dates the conditions that changed. */
export function podObject(pod: Pod, node: string, now: string): JsonObject {
  const { template, name, namespace, uid, created, owner, deletion } = pod;
  const annotations = objectAt(template, 'metadata', 'annotations');
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...(Object.keys(annotations).length > 0 && { annotations }),
      creationTimestamp: created,
      ...(deletion && {
        deletionGracePeriodSeconds: deletion.seconds,
        deletionTimestamp: deletion.timestamp,
      }),
      generateName: `${owner.name}-`,
      generation: deletion ? 2 : 1,
      labels: {
        ...objectAt(template, 'metadata', 'labels'),
        'pod-template-hash': owner.name.slice(owner.name.lastIndexOf('-') + 1),
      },
      name,
      namespace,
      ownerReferences: [
        {
          apiVersion: 'apps/v1',
          blockOwnerDeletion: true,
          controller: true,
          kind: 'ReplicaSet',
          name: owner.name,
          uid: owner.uid,
        },
      ],
      uid,
    },
    spec: {
      ...admitted,
      ...objectAt(template, 'spec'),
      ...(pod.isScheduled && { nodeName: node }),
    },
    status: podStatus(pod, now),
  };
}

function podStatus(pod: Pod, now: string): JsonObject {
  const qosClass = qosClassOf(pod.template);
  const conditions = conditionsOf(pod, now);
  const scheduler = conditions.length > 0 && { conditions };
  if (pod.started === undefined) return { ...scheduler, phase: 'Pending', qosClass };
  const address = `10.0.0.${(Number.parseInt(pod.uid.slice(-6), 16) % 250) + 1}`;
  return {
    conditions,
    ...(pod.containers.size > 0 && { containerStatuses: statusesOf(pod, 'containers', pod.containers) }),
    hostIP: '127.0.0.1',
    hostIPs: [{ ip: '127.0.0.1' }],
    ...(pod.initContainers.size > 0 && {
      initContainerStatuses: statusesOf(pod, 'initContainers', pod.initContainers),
    }),
    ...(pod.evicted !== undefined && { message: pod.evicted }),
    observedGeneration: 1,
    phase: phaseOf(pod),
    ...(pod.hasSandbox && { podIP: address, podIPs: [{ ip: address }] }),
    qosClass,
    ...(pod.evicted !== undefined && { reason: 'Evicted' }),
    startTime: pod.started,
  };
}

function statusesOf(pod: Pod, list: string, states: ReadonlyMap<string, ContainerState>): JsonObject[] {
  return [...states].map(([name, { state, last, restarts, isReady }]) => {
    const image = stringAt(
      listAt(pod.template, 'spec', list).find((container) => at(container, 'name') === name),
      'image',
    );
    const ran = [state, last].some(
      (each) => each['running'] !== undefined || each['terminated'] !== undefined,
    );
    const id = stringAt(state, 'terminated', 'containerID') ?? stringAt(last, 'terminated', 'containerID');
    return {
      ...(ran && { containerID: id ?? containerId(pod, name, restarts) }),
      image,
      imageID: ran ? `${image?.split(/[:@]/)[0]}@sha256:${'0'.repeat(64)}` : '',
      lastState: last,
      name,
      ready: isReady,
      restartCount: restarts,
      started: state['running'] !== undefined,
      state,
    };
  });
}

/** The id of a container: another one for each start. */
export const containerId = ({ uid }: Pod, name: string, restarts: number): string =>
  `containerd://${Buffer.from(`${uid}${name}${restarts}`).toString('hex').padEnd(64, '0').slice(-64)}`;

/** Pending until each container has run once (pkg/kubelet/kubelet_pods.go, getPhase). */
function phaseOf(pod: Pod): string {
  if (pod.evicted !== undefined) return 'Failed';
  const isWaiting = ({ state, last }: ContainerState) =>
    state['running'] === undefined && state['terminated'] === undefined && last['terminated'] === undefined;
  return !isInitialized(pod) || [...pod.containers.values()].some(isWaiting) ? 'Pending' : 'Running';
}

const isInitialized = ({ initContainers }: Pod): boolean =>
  [...initContainers.values()].every(({ isReady }) => isReady);

const namesOf = (states: ReadonlyMap<string, ContainerState>): string =>
  [...states]
    .filter(([, { isReady }]) => !isReady)
    .map(([name]) => name)
    .join(' ');

/** In the order in which the kubelet writes them (pkg/kubelet/status/generate.go); before it, the scheduler's alone. */
function conditionsOf(pod: Pod, now: string): JsonObject[] {
  const scheduled = pod.unscheduled
    ? condition(pod, now, 'PodScheduled', false, 'Unschedulable', pod.unscheduled)
    : pod.isScheduled && condition(pod, now, 'PodScheduled', true);
  if (!scheduled) return [];
  if (pod.started === undefined) return [scheduled];
  const isInit = isInitialized(pod);
  const unready = namesOf(pod.containers);
  const ready = (type: string) =>
    pod.evicted !== undefined
      ? condition(pod, now, type, false, 'PodFailed')
      : unready === ''
        ? condition(pod, now, type, true)
        : condition(
            pod,
            now,
            type,
            false,
            'ContainersNotReady',
            `containers with unready status: [${unready}]`,
          );
  return [
    condition(pod, now, 'PodReadyToStartContainers', pod.hasSandbox && pod.evicted === undefined),
    isInit
      ? condition(pod, now, 'Initialized', true)
      : condition(
          pod,
          now,
          'Initialized',
          false,
          'ContainersNotInitialized',
          `containers with incomplete status: [${namesOf(pod.initContainers)}]`,
        ),
    ready('Ready'),
    ready('ContainersReady'),
    scheduled,
    ...(pod.evicted === undefined
      ? []
      : [condition(pod, now, 'DisruptionTarget', true, 'TerminationByKubelet', pod.evicted)]),
  ];
}

function condition(
  pod: Pod,
  now: string,
  type: string,
  holds: boolean,
  reason?: string,
  message?: string,
): JsonObject {
  const status = holds ? 'True' : 'False';
  const known = pod.changes.get(type);
  const changed = known?.status === status ? known : { status, at: now };
  pod.changes.set(type, changed);
  return {
    lastProbeTime: null,
    lastTransitionTime: changed.at,
    ...(message !== undefined && { message }),
    // The binding of a pod to its node is written by the API server, which knows no generation there.
    ...((type !== 'PodScheduled' || !holds) && { observedGeneration: 1 }),
    ...(reason !== undefined && { reason }),
    status,
    type,
  };
}

function qosClassOf(template: JsonObject): string {
  const all = [...listAt(template, 'spec', 'containers'), ...listAt(template, 'spec', 'initContainers')];
  const amounts = (container: unknown, part: string) =>
    objectAt(isObject(container) ? container : {}, 'resources', part);
  if (
    all.every(
      (each) => Object.keys({ ...amounts(each, 'limits'), ...amounts(each, 'requests') }).length === 0,
    )
  )
    return 'BestEffort';
  const isGuaranteed = all.every((each) =>
    ['cpu', 'memory'].every((name) => {
      const limit = amounts(each, 'limits')[name];
      return limit !== undefined && (amounts(each, 'requests')[name] ?? limit) === limit;
    }),
  );
  return isGuaranteed ? 'Guaranteed' : 'Burstable';
}
