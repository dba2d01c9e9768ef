import type { Clock } from '../context.ts';
import { type JsonObject, objectOf, textOf } from '../json.ts';
import { listSome } from '../registry/warning.ts';
import { namingField } from '../related/naming-field.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';
import {
  type Container,
  containerCause,
  isSidecar,
  memoryLimitOf,
  nameOf,
  type PodParts,
} from './container.ts';
import { type Missing, secretVolumes } from './missing.ts';
import { itemsOf, podCondition } from './pod.ts';
import { probeCause } from './probe.ts';
import { lasted } from './since.ts';
import { wordsOf } from './words.ts';

/** What is known besides a pod itself. */
export interface Surroundings {
  readonly namespace: string;
  /** The spec of the registry: a valid one. */
  readonly spec: unknown;
  readonly missing: Missing;
  /** The name of the container that serves. */
  readonly server: string;
  /** What selects the pods, as text. */
  readonly selector: string;
  readonly clock: Clock;
}

/**
 * Why a pod is not ready: the deepest cause that can be seen, in the order of what happens to a pod from its scheduling to
 * its probes.
 *
 * @param pod one that is not ready, of any shape
 * @returns undefined if nothing has gone wrong, so that waiting is right
 */
export function podCause(pod: JsonObject, around: Surroundings): PodCause | undefined {
  const { missing } = around;
  const { phase, reason, message } = objectOf(pod['status']);
  if (phase === 'Failed') return failedPod(textOf(reason), message);
  const scheduled = podCondition(pod, 'PodScheduled');
  if (scheduled?.['status'] === 'False') return unscheduledPod(scheduled, missing);

  const containers = containersOf(pod, around.server);
  const parts = partsOf(pod);
  for (const container of containers) {
    const cause = containerCause(container, parts, isRecovered(container, around.clock));
    if (cause) return isOfConfigMap(cause) ? (missing.configMap ?? cause) : withField(cause, around.spec);
  }
  const [first] = containers;
  // While an init container runs, all others wait.
  const isWaiting = first?.isInit
    ? isStarting(first.status)
    : containers.some(({ status }) => isStarting(status));
  if (isWaiting) return missing.configMap ?? missing.claim ?? mountCause(pod, around);

  const unready = textOf(podCondition(pod, 'ContainersReady')?.['lastTransitionTime']);
  for (const container of containers) {
    const name = foreignText(container.spec['name'], 63);
    const logs = `kubectl logs -n ${around.namespace} -l ${around.selector} -c ${name} --tail=100`;
    const isInit = container.isInit && !isSidecar(container);
    const cause = probeCause({ ...container, isInit }, nameOf(container), unready, around.clock, logs);
    if (cause) return cause;
  }
  return containers.length === 0 ? beyondContainers(pod) : undefined;
}

/** Why a pod is not ready whose containers all are. */
function beyondContainers(pod: JsonObject): PodCause | undefined {
  const { reason, message } = podCondition(pod, 'Ready') ?? {};
  if (reason === 'ReadinessGatesNotReady') {
    const said = 'the containers of the pod are ready, but one of its readiness gates is not';
    return { reason, said, words: wordsOf(message), certain: false };
  }
  if (podCondition(pod, 'ContainersReady')?.['status'] !== 'True') return undefined;
  // A controller says so of the pods of a node that is silent (kubernetes: pkg/util/node, MarkPodsNotReady).
  const said = 'the containers of the pod were ready, but its node does not answer any more';
  return { reason: 'NodeNotReady', said, certain: false };
}

function partsOf({ spec }: JsonObject): PodParts {
  const images = itemsOf(objectOf(spec)['volumes']).flatMap(({ image }) => {
    const reference = textOf(objectOf(image)['reference']);
    return reference === '' ? [] : [reference];
  });
  return { images, memoryLimit: memoryLimitOf(objectOf(spec)) };
}

/** A pod that is not started again: the kubelet, or a controller of nodes, ended it. */
function failedPod(reason: string, message: unknown): PodCause {
  const isEvicted = reason === 'Evicted';
  return {
    reason: /^[A-Z][A-Za-z]{1,60}$/.test(reason) ? reason : 'PodFailed',
    said: isEvicted ? 'the pod was evicted from its node' : 'the pod was ended and is not started again',
    words: wordsOf(message),
    certain: false,
  };
}

/**
 * A claim may wait for a pod to be scheduled (`volumeBindingMode: WaitForFirstConsumer`): it is the cause only where the
 * scheduler speaks of it.
 */
function unscheduledPod({ reason, message }: JsonObject, { claim }: Missing): PodCause {
  if (claim && /persistent ?volume/i.test(textOf(message))) return claim;
  if (reason === 'SchedulerError') {
    return { reason, said: 'the scheduler failed', words: wordsOf(message), certain: false };
  }
  const isGated = reason === 'SchedulingGated';
  return {
    reason: isGated ? 'SchedulingGated' : 'Unschedulable',
    said: isGated ? 'the pod waits until its scheduling gates are removed' : 'no node takes the pod',
    words: wordsOf(message),
    // A node may be added, or become free.
    certain: false,
  };
}

/** The containers of a pod with their statuses: init containers in their order, then the server, then the others. */
function containersOf(pod: JsonObject, server: string): readonly Container[] {
  const [spec, status] = [objectOf(pod['spec']), objectOf(pod['status'])];
  const both = (specs: unknown, statuses: unknown, isInit: boolean): Container[] => {
    const byName = new Map(itemsOf(statuses).map((each) => [each['name'], each]));
    return itemsOf(specs).map((each) => ({ spec: each, status: byName.get(each['name']) ?? {}, isInit }));
  };
  const rest = both(spec['containers'], status['containerStatuses'], false);
  const isServer = (container: Container) => container.spec['name'] === server;
  return [
    ...both(spec['initContainers'], status['initContainerStatuses'], true),
    ...rest.filter(isServer),
    ...rest.filter((container) => !isServer(container)),
  ].filter(({ status: each }) => each['ready'] !== true);
}

/** After so long the kubelet counts a container as recovered (kubernetes: pkg/kubelet/kubelet.go, MaxContainerBackOff, twice). */
const RECOVERED_AFTER_MS = 600_000;

function isRecovered({ status }: Container, clock: Clock): boolean {
  const running = objectOf(objectOf(status['state'])['running']);
  const startedAt = Date.parse(textOf(running['startedAt']));
  return Number.isFinite(startedAt) && clock.now.getTime() - startedAt > RECOVERED_AFTER_MS;
}

/** Whether a container is being created, or the kubelet has not written anything about it yet. */
const isStarting = ({ state }: JsonObject): boolean =>
  state === undefined || creating.has(textOf(objectOf(objectOf(state)['waiting'])['reason']));

/** The second is the word for it in a pod that has init containers (kubernetes: pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses). */
const creating: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

const isOfConfigMap = ({ reason, words }: PodCause): boolean =>
  reason === 'CreateContainerConfigError' && /^configmap |\bin ConfigMap /.test(words ?? '');

/** How the kubelet names a Secret that is not there, and one without a key (kubernetes: pkg/kubelet/kubelet_pods.go). */
const secretNotFound = /^secret "([^"]{1,253})" not found/;
const keyNotFound = /^couldn't find key ([^ ]{1,253}) in Secret [^/ ]{1,63}\/([^ ]{1,253})/;

/** With the field of the spec that names what is missing. */
function withField(cause: PodCause, spec: unknown): PodCause {
  if (cause.reason !== 'CreateContainerConfigError') return cause;
  const [, secret] = secretNotFound.exec(cause.words ?? '') ?? [];
  const [, key, holder] = keyNotFound.exec(cause.words ?? '') ?? [];
  const name = secret ?? holder;
  const field = name === undefined ? undefined : namingField(spec, 'Secret', name, key);
  return field === undefined ? cause : { ...cause, said: `${cause.said} (see ${field})` };
}

/**
 * Why a container is still being created: before the network of its pod is there, its volumes are mounted; after that, its
 * image is pulled, which takes as long as it takes.
 */
function mountCause(pod: JsonObject, { namespace, selector, clock }: Surroundings): PodCause | undefined {
  const sandbox = podCondition(pod, 'PodReadyToStartContainers');
  if (sandbox?.['status'] !== 'False') return undefined;
  // It is made anew where it was lost: the later of both.
  const [startTime, changed] = [objectOf(pod['status'])['startTime'], sandbox['lastTransitionTime']].map(
    textOf,
  );
  const since = (changed ?? '') > (startTime ?? '') ? changed : startTime;
  const time = lasted(since ?? '', clock.now);
  if (time === undefined) return undefined;
  const secrets = [...new Set(secretVolumes(itemsOf(objectOf(pod['spec'])['volumes'])))];
  const which =
    secrets.length > 0
      ? `, such as ${secrets.length > 1 ? 'the Secrets' : 'the Secret'} ${listSome(secrets)}`
      : '';
  return {
    reason: 'ContainerCreating',
    said: `the pod has waited for its volumes or its network for ${time}. Something that it mounts may be missing${which}. Events say what, run: kubectl describe pods -n ${namespace} -l ${selector}`,
    certain: false,
  };
}
