import type { HookRequest } from '../../hooks/contract/request.ts';
import { sync } from '../../hooks/sync.ts';
import { context } from './requests.ts';

/** A container of a status, as the kubelet writes it. */
export interface ContainerStatus {
  readonly name?: string;
  readonly state?: object;
  readonly lastState?: object;
  readonly restartCount?: number;
  readonly ready?: boolean;
  readonly started?: boolean;
}

/** A pod of a registry as a request shows it; what is left out is as in one that the kubelet has just started. */
export interface PodParts {
  readonly name?: string;
  readonly created?: string;
  readonly replicaSet?: string;
  readonly metadata?: object;
  /** Of the status. */
  readonly phase?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly conditions?: readonly object[];
  readonly containers?: readonly ContainerStatus[];
  readonly initContainers?: readonly ContainerStatus[];
  /** Of the spec, laid over the template. */
  readonly spec?: object;
}

interface Template {
  readonly metadata: { readonly annotations: Record<string, string>; readonly labels: object };
  readonly spec: Record<string, unknown>;
}

/** The pod template that the hook answers for a registry. */
export function templateOf(request: HookRequest): Template {
  const deployment = sync(request, context).children.find(({ kind }) => kind === 'Deployment');
  if (!deployment) throw new Error('no Deployment is answered');
  return (deployment['spec'] as { template: Template }).template;
}

const started = '2026-11-24T05:59:50Z';

/** A pod made from the template of a request, with a status (kubernetes: pkg/kubelet/status). */
export function podOf(request: HookRequest, parts: PodParts = {}): Record<string, unknown> {
  const template = templateOf(request);
  const { name = 'production-api-7d9c5-a', created = started, replicaSet = 'production-api-7d9c5' } = parts;
  const statuses = (own: readonly ContainerStatus[] = []) =>
    own.map((status) => ({
      ...{ name: 'registry-api', image: 'i', imageID: '', ready: false, restartCount: 0, started: false },
      ...status,
    }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: request.parent.metadata.namespace,
      uid: `uid of ${name}`,
      creationTimestamp: created,
      labels: template.metadata.labels,
      annotations: template.metadata.annotations,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: replicaSet, controller: true }],
      ...parts.metadata,
    },
    spec: { ...template.spec, nodeName: 'node-1', ...parts.spec },
    status: {
      phase: parts.phase ?? 'Pending',
      ...(parts.reason === undefined ? {} : { reason: parts.reason }),
      ...(parts.message === undefined ? {} : { message: parts.message }),
      startTime: created,
      conditions: parts.conditions ?? [
        { type: 'PodReadyToStartContainers', status: 'True', lastTransitionTime: created },
        { type: 'Initialized', status: 'True', lastTransitionTime: created },
        { type: 'Ready', status: 'False', reason: 'ContainersNotReady', lastTransitionTime: created },
        {
          type: 'ContainersReady',
          status: 'False',
          reason: 'ContainersNotReady',
          lastTransitionTime: created,
        },
        { type: 'PodScheduled', status: 'True', lastTransitionTime: created },
      ],
      containerStatuses: statuses(parts.containers),
      ...(parts.initContainers ? { initContainerStatuses: statuses(parts.initContainers) } : {}),
    },
  };
}

/** The `related` of a request, keyed as hooks of version 1 have it. */
export const relatedOf = (
  objects: readonly Record<string, unknown>[],
  groups: readonly string[] = ['Pod.v1', 'ConfigMap.v1', 'PersistentVolumeClaim.v1'],
): Record<string, Record<string, unknown>> =>
  Object.fromEntries(
    groups.map((group) => [
      group,
      Object.fromEntries(
        objects
          .filter(({ apiVersion, kind }) => `${kind}.${apiVersion}` === group)
          .map((object) => [(object['metadata'] as { name: string }).name, object]),
      ),
    ]),
  );
