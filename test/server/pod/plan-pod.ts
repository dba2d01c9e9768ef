/** From a pod template to files, mounts, variables and arguments, as a kubelet makes them. Pure. */
import { environmentOf, expand } from './environment.ts';
import type { Container, Objects, PodIdentity, PodTemplate, Probe, VolumeMount } from './types.ts';
import { ACCOUNT_PATH, ACCOUNT_VOLUME, type VolumePlan, volumesOf } from './volumes.ts';

/** The user of distroless images whose name ends in "nonroot", and of the image of the registry server. */
const NONROOT = 65532;
/** What Kubernetes waits for a pod to end, unless the pod says otherwise. */
const GRACE_SECONDS = 30;

/** A process to start. */
export interface ContainerPlan {
  readonly name: string;
  /** The program of the image where there is none. */
  readonly command?: readonly string[];
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** In the order in which they are mounted. */
  readonly mounts: readonly VolumeMount[];
  readonly uid: number;
  readonly gid: number;
  /** Supplementary groups. */
  readonly groups: readonly number[];
  readonly readOnlyRoot: boolean;
  readonly noNewPrivileges: boolean;
}

export interface PodPlan {
  readonly volumes: readonly VolumePlan[];
  /** Run to their end, one after the other, before the server. */
  readonly init: readonly ContainerPlan[];
  readonly server: ContainerPlan;
  readonly readiness: { readonly path: string; readonly port: number };
  /** Seconds of sleep before SIGTERM. */
  readonly preStopSeconds: number;
  /** Seconds from the start of the stop, the sleep included, to SIGKILL. */
  readonly graceSeconds: number;
  /** The group that owns the files of its volumes. */
  readonly fsGroup: number | undefined;
}

/**
 * Plans the pod of a Deployment: its init containers and the container `registry-api`. Other containers run images of
 * users, and are left out.
 *
 * @throws PodProblem where a kubelet does not start it
 */
export function planPod(template: PodTemplate, objects: Objects, pod: PodIdentity): PodPlan {
  const { containers, initContainers = [], terminationGracePeriodSeconds } = template.spec;
  const server = containers.find(({ name }) => name === 'registry-api');
  if (!server) throw new Error('the pod has no container registry-api');
  return {
    volumes: volumesOf(template, objects, pod),
    init: initContainers.map((container) => planContainer(container, template, objects, pod)),
    server: planContainer(server, template, objects, pod),
    readiness: planProbe(server.readinessProbe, server),
    preStopSeconds: server.lifecycle?.preStop?.sleep?.seconds ?? 0,
    graceSeconds: terminationGracePeriodSeconds ?? GRACE_SECONDS,
    fsGroup: template.spec.securityContext?.fsGroup,
  };
}

function planContainer(
  container: Container,
  template: PodTemplate,
  objects: Objects,
  pod: PodIdentity,
): ContainerPlan {
  const { securityContext: own = {}, command, args = [], volumeMounts = [] } = container;
  const shared = template.spec.securityContext ?? {};
  const env = environmentOf(container, template, objects, pod);
  const account = { name: ACCOUNT_VOLUME, mountPath: ACCOUNT_PATH, readOnly: true };
  const hasAccount = template.spec.automountServiceAccountToken !== false;
  const groups = [
    ...(shared.fsGroup === undefined ? [] : [shared.fsGroup]),
    ...(shared.supplementalGroups ?? []),
  ];
  return {
    name: container.name,
    ...(command ? { command: command.map((text) => expand(text, env)) } : {}),
    args: args.map((text) => expand(text, env)),
    env,
    mounts: inOrder(hasAccount ? [...volumeMounts, account] : volumeMounts),
    uid: own.runAsUser ?? shared.runAsUser ?? NONROOT,
    gid: own.runAsGroup ?? shared.runAsGroup ?? NONROOT,
    groups,
    readOnlyRoot: own.readOnlyRootFilesystem === true,
    noNewPrivileges: own.allowPrivilegeEscalation === false,
  };
}

/** A folder before what is mounted in it. */
const inOrder = (mounts: readonly VolumeMount[]) =>
  [...mounts].sort((a, b) => a.mountPath.split('/').length - b.mountPath.split('/').length);

function planProbe(probe: Probe | undefined, { ports = [] }: Container): PodPlan['readiness'] {
  const { path = '/', port } = probe?.httpGet ?? {};
  const number = typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
  if (number === undefined) throw new Error('the container has no readiness probe over HTTP');
  return { path, port: number };
}
