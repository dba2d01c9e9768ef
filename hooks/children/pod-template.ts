import type { IConfigMapVolumeSource } from 'kubernetes-models/v1/ConfigMapVolumeSource';
import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IContainerPort } from 'kubernetes-models/v1/ContainerPort';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { ILifecycle } from 'kubernetes-models/v1/Lifecycle';
import type { IPodSpec } from 'kubernetes-models/v1/PodSpec';
import type { IProbe } from 'kubernetes-models/v1/Probe';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import type { Defaults } from '../context.ts';
import type { Identity } from '../identity.ts';
import { type JsonObject, objectOf, objectsOf } from '../json.ts';
import { mergeFragments, type PodFragment, scratchSpaces } from '../registry/pod-fragment.ts';
import type { Registry } from '../registry/registry.ts';
import { CONFIG_DIRECTORY } from '../registry/server-config.ts';
import { serverContainers } from '../registry/server-container.ts';
import { sha256 } from '../text/hash.ts';
import { podAccount } from './account.ts';
import { labelsOf } from './metadata.ts';
import { API_PORT, apiName, CONFIG_KEY, configMapName, INTERNAL_PORT_NAME } from './names.ts';
import { pgpassFragment } from './pgpass.ts';
import { pullSecrets } from './pull-secrets.ts';
import { restricted } from './security.ts';
import { terminationMessagePolicy } from './termination.ts';

export const CONTAINER = 'registry-api';
const CONFIG_VOLUME = 'registry-server-config';
/** The hash of the configuration that a pod was made for. */
export const CONFIG_HASH_ANNOTATION = 'toolhive.stacklok.dev/config-hash';

/**
 * A server closes its database pool as soon as it is stopped, and goes on to answer calls: it is stopped when the Service
 * routes none to it any more. Then it finishes calls, and needs up to 30 s more where a telemetry collector does not answer.
 */
const SLEEP_SECONDS = 5;
const GRACE_SECONDS = 65;

/** A pod template as the builders make it: what this project owns of it, no more. */
export interface PodTemplate {
  readonly metadata: {
    readonly labels: Record<string, string>;
    readonly annotations: Record<string, string>;
  };
  readonly spec: IPodSpec;
}

/**
 * The pod that a registry server is served from. It meets the Pod Security level "restricted" and has no fixed
 * user, which OpenShift assigns. A server reads its configuration once, so its hash is part of the template:
 * a changed configuration rolls the pods.
 */
export function buildPodTemplate(identity: Identity, registry: Registry, defaults: Defaults): PodTemplate {
  const { imagePullSecrets, pgpass } = registry;
  const pod = mergeFragments([
    ...(pgpass ? [pgpassFragment(pgpass, defaults)] : []),
    registry.pod,
    registry.user,
  ]);
  const scratch = scratchSpace(pod);
  const configVolume: IVolume = {
    name: CONFIG_VOLUME,
    configMap: { name: configMapName(identity), ...itemsOf(registry) },
  };
  return {
    metadata: {
      labels: labelsOf(apiName(identity), identity),
      annotations: { [CONFIG_HASH_ANNOTATION]: sha256(registry.config) },
    },
    spec: {
      serviceAccountName: podAccount(identity, registry.objects),
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      terminationGracePeriodSeconds: GRACE_SECONDS,
      // A Service named thv-registry-database would set a variable that the server takes for a part of its configuration.
      enableServiceLinks: false,
      ...pullSecrets(imagePullSecrets),
      ...(pod.initContainers.length > 0
        ? ({ initContainers: [...pod.initContainers] } satisfies Partial<IPodSpec>)
        : {}),
      containers: [
        {
          ...buildContainer(identity, mergeFragments([scratch, pod]), defaults),
          ports: portsOf(registry.podTemplate, defaults),
          ...lifecycleOf(registry.podTemplate),
        },
      ],
      volumes: [configVolume, ...scratch.volumes, ...pod.volumes],
    },
  };
}

/** A pod waits until the ConfigMap has each file that the configuration names. */
function itemsOf({ files }: Registry): Pick<IConfigMapVolumeSource, 'items'> {
  const names = Object.keys(files);
  return names.length === 0 ? {} : { items: [CONFIG_KEY, ...names].map((key) => ({ key, path: key })) };
}

/** Where a server may write, its root file system being read-only; a user's own mount there takes its place. */
function scratchSpace({ volumeMounts }: PodFragment): PodFragment {
  const spaces = scratchSpaces.filter(
    ({ mountPath }) => !volumeMounts.some((mount) => mount.mountPath === mountPath),
  );
  return mergeFragments([
    {
      volumes: spaces.map(({ name }) => ({ name, emptyDir: {} }) satisfies IVolume),
      volumeMounts: spaces satisfies IVolumeMount[],
    },
  ]);
}

function buildContainer(identity: Identity, pod: PodFragment, { image, healthPort }: Defaults): IContainer {
  const configMount: IVolumeMount = { name: CONFIG_VOLUME, mountPath: CONFIG_DIRECTORY, readOnly: true };
  const env: IEnvVar[] = [
    // Without it a kubernetes source watches the whole cluster, which the namespaced Role forbids.
    { name: 'THV_REGISTRY_WATCH_NAMESPACE', value: identity.namespace },
    // The server's default is one for all, so a second registry of the namespace would never lead.
    { name: 'THV_REGISTRY_LEADER_ELECTION_ID', value: apiName(identity) },
  ];
  return {
    name: CONTAINER,
    image,
    args: ['serve', `--config=${CONFIG_DIRECTORY}/${CONFIG_KEY}`],
    env: [...env, ...pod.env],
    livenessProbe: probe('/health', healthPort, 30, 10),
    readinessProbe: probe('/readiness', healthPort, 5, 5),
    resources: {
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { cpu: '500m', memory: '512Mi' },
    },
    securityContext: restricted,
    terminationMessagePolicy,
    volumeMounts: [configMount, ...pod.volumeMounts],
  };
}

/**
 * The API, and the internal listener where it has a port of its own. A user may have given its name to another port: the
 * API server refuses two of one name.
 */
function portsOf(podTemplate: JsonObject, { healthPort }: Defaults): IContainerPort[] {
  const { name, number, protocol } = API_PORT;
  const api: IContainerPort = { name, containerPort: number, protocol };
  const isTaken = serverContainers(podTemplate)
    .flatMap(({ ports }) => objectsOf(ports))
    .some((port) => port['name'] === INTERNAL_PORT_NAME && port['containerPort'] !== healthPort);
  return healthPort === number || isTaken
    ? [api]
    : [api, { name: INTERNAL_PORT_NAME, containerPort: healthPort, protocol }];
}

/** A user may give a pod less time than the sleep takes; the API server refuses a sleep that is longer. */
function lifecycleOf(podTemplate: JsonObject): { readonly lifecycle?: ILifecycle } {
  const { terminationGracePeriodSeconds: grace } = objectOf(podTemplate['spec']);
  return typeof grace === 'number' && grace < SLEEP_SECONDS
    ? {}
    : { lifecycle: { preStop: { sleep: { seconds: SLEEP_SECONDS } } } };
}

/** Delays and periods are in seconds. */
function probe(path: string, port: number, initialDelaySeconds: number, periodSeconds: number): IProbe {
  return { httpGet: { path, port }, initialDelaySeconds, periodSeconds };
}
