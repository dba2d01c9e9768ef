import { test } from 'tap';
import { type Explanation, explainPods } from '../../../hooks/causes/explain-pods.ts';
import { childKinds, type ObservedByKind } from '../../../hooks/children/child-kinds.ts';
import type { ObservedCondition } from '../../../hooks/contract/kubernetes.ts';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { identityOf } from '../../../hooks/identity.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { growth } from '../../support/growth.ts';
import { type ContainerStatus, type PodParts, podOf, relatedOf } from '../../support/pods.ts';
import { context, edited, recorded } from '../../support/requests.ts';

const source = { name: 'catalog', configMapRef: { name: 'internal-catalog', key: 'servers.json' } };
const spec = {
  sources: [
    { name: 'upstream', git: { repository: 'https://example.com/r.git', branch: 'main' } },
    source,
    { name: 'files', pvcRef: { claimName: 'data' } },
  ],
  registries: [{ name: 'default', sources: ['catalog'] }],
  databaseConfig: { dbAppUserPasswordSecretRef: { name: 'db', key: 'password' } },
};
const request = edited(recorded('create', 1), spec);
const { namespace } = request.parent.metadata;

const catalog = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'internal-catalog', namespace },
  data: { 'servers.json': '{}' },
};
const claim = (phase: string) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace },
  spec: { storageClassName: 'fast', volumeName: 'pv-7' },
  status: { phase },
});
const there = [catalog, claim('Bound')];

const pod = (parts?: PodParts) => podOf(request, parts);

const readDeployment = (parts: object) =>
  childKinds.Deployment.read({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd' },
    ...parts,
  });

function explain(
  related: unknown,
  before?: ObservedCondition,
  observed: ObservedByKind = {},
): Explanation | undefined {
  const { parent } = request;
  const { children } = buildDesired(identityOf(parent), parent.spec, context.defaults);
  if (!children) throw new Error('the spec has problems');
  const both = { desired: children.byKind, observed };
  const { why } = explainPods(parent, both, deepFreeze(related), before, context);
  return why;
}

const unscheduled = (message: string, reason = 'Unschedulable') => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason, message }],
});
const waiting = (reason: string, message?: string, more: ContainerStatus = {}): PodParts => ({
  containers: [{ state: { waiting: { reason, ...(message === undefined ? {} : { message }) } }, ...more }],
});
const terminated = (parts: object) => ({
  terminated: {
    ...{ exitCode: 1, reason: 'Error', startedAt: '2026-11-24T05:59:50Z' },
    ...{ finishedAt: '2026-11-24T05:59:52Z', containerID: 'containerd://1', ...parts },
  },
});
const backOff =
  'back-off 1m20s restarting failed container=registry-api pod=production-api-7d9c5-a_mcp-system(4be4)';
const crashed = (parts: object, restartCount = 2) =>
  waiting('CrashLoopBackOff', backOff, { lastState: terminated(parts), restartCount });
const wrongPassword =
  '{"time":"2026-11-24T05:59:52.1Z","level":"INFO","msg":"Starting"}\n{"time":"2026-11-24T05:59:52.2Z","level":"ERROR","msg":"failed to connect","error":"password authentication failed for user \\"db_app\\""}\n';

const image = "the image ghcr.io/stacklok/thv-registry-api:v1.5.1 of container registry-api can't be pulled";
const readiness = {
  running: { startedAt: '2026-11-24T05:48:00Z' },
};
const unready: PodParts = {
  phase: 'Running',
  conditions: [{ type: 'ContainersReady', status: 'False', lastTransitionTime: '2026-11-24T05:48:00Z' }],
};
const logs =
  'kubectl logs -n mcp-system -l app.kubernetes.io/component=registry-api,app.kubernetes.io/name=production-api -c registry-api --tail=100';

/** What is said of a container that has ended ten times. */
function explanationOf({
  exitCode = 1,
  message,
  finishedAt,
}: {
  readonly exitCode?: number;
  readonly message?: string;
  readonly finishedAt?: string;
}): Case['expected'] {
  const often = finishedAt === undefined ? ' five times or more' : '';
  const why =
    exitCode === 143
      ? ' (it was asked to stop, as the kubelet does when its liveness probe (GET /health on port 8081) fails)'
      : '';
  const words = message ?? 'failed to connect: password authentication failed for user "db_app"';
  return {
    reason: 'CrashLoopBackOff',
    message: `container registry-api ended${often} with exit code ${exitCode}${why}: ${words}`,
  };
}

interface Case {
  readonly reason: string;
  /** The pod, and what is there beside it; all that the pod refers to if left out. */
  readonly pod: PodParts;
  readonly beside?: readonly Record<string, unknown>[];
  readonly expected: Pick<Explanation, 'reason' | 'message'> & { readonly certain?: boolean };
}

const cases: readonly Case[] = [
  {
    reason: 'the words of the scheduler',
    pod: unscheduled('0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available.'),
    expected: {
      reason: 'Unschedulable',
      message:
        'no node takes the pod: 0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available.',
    },
  },
  {
    reason: 'a scheduling gate',
    pod: unscheduled('Scheduling is blocked due to non-empty scheduling gates', 'SchedulingGated'),
    expected: {
      reason: 'SchedulingGated',
      message:
        'the pod waits until its scheduling gates are removed: Scheduling is blocked due to non-empty scheduling gates',
    },
  },
  {
    reason: 'a claim without a volume lies deeper than what the scheduler says of it',
    pod: unscheduled('0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found'),
    beside: [catalog, claim('Pending')],
    expected: {
      reason: 'ClaimPending',
      message:
        'PersistentVolumeClaim data, which spec.sources[2].pvcRef names, has no volume yet (storage class fast)',
    },
  },
  {
    reason: 'a claim that lost its volume',
    pod: unscheduled('0/1 nodes are available: persistentvolume "pv-7" not found'),
    beside: [catalog, claim('Lost')],
    expected: {
      reason: 'ClaimLost',
      message: 'PersistentVolumeClaim data, which spec.sources[2].pvcRef names, has lost its volume pv-7',
      certain: true,
    },
  },
  {
    reason: 'a claim that is not there',
    pod: unscheduled('0/1 nodes are available: persistentvolumeclaim "data" not found'),
    beside: [catalog],
    expected: {
      reason: 'ClaimNotFound',
      message:
        'PersistentVolumeClaim data, which spec.sources[2].pvcRef names, does not exist in this namespace: create it',
    },
  },
  {
    reason: 'a volume that is bound once the pod has a node is not the cause where no node takes the pod',
    pod: unscheduled('0/3 nodes are available: 3 Insufficient memory.'),
    beside: [catalog, claim('Pending')],
    expected: {
      reason: 'Unschedulable',
      message: 'no node takes the pod: 0/3 nodes are available: 3 Insufficient memory.',
    },
  },
  {
    reason: 'a ConfigMap that is not there: the kubelet says so in an event alone',
    pod: waiting('ContainerCreating'),
    beside: [claim('Bound')],
    expected: {
      reason: 'ConfigMapNotFound',
      message:
        'ConfigMap internal-catalog, which spec.sources[1].configMapRef names, does not exist in this namespace: create it',
    },
  },
  {
    reason: 'the same before the kubelet has written anything about the pod',
    pod: { containers: [], conditions: [] },
    beside: [claim('Bound')],
    expected: {
      reason: 'ConfigMapNotFound',
      message:
        'ConfigMap internal-catalog, which spec.sources[1].configMapRef names, does not exist in this namespace: create it',
    },
  },
  {
    reason: 'a ConfigMap without the key',
    pod: waiting('ContainerCreating'),
    beside: [{ ...catalog, data: { 'other.json': '' } }, claim('Bound')],
    expected: {
      reason: 'ConfigMapKeyNotFound',
      message:
        'ConfigMap internal-catalog, which spec.sources[1].configMapRef names, has no key servers.json: add it',
    },
  },
  {
    reason: 'what waits for its volumes for long, and mounts Secrets that nobody may read',
    pod: {
      ...waiting('ContainerCreating'),
      created: '2026-11-24T05:40:00Z',
      spec: { volumes: [{ name: 'a', secret: { secretName: 'git' } }] },
      conditions: [{ type: 'PodReadyToStartContainers', status: 'False' }],
    },
    expected: {
      reason: 'ContainerCreating',
      message:
        'the pod has waited for its volumes or its network for over ten minutes. Something that it mounts may be missing, such as the Secret git. Events say what, run: kubectl describe pods -n mcp-system -l app.kubernetes.io/component=registry-api,app.kubernetes.io/name=production-api',
    },
  },
  {
    reason: 'containerd: an image that does not exist',
    pod: waiting(
      'ErrImagePull',
      'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/x/y:v9": failed to resolve reference "ghcr.io/x/y:v9": ghcr.io/x/y:v9: not found',
    ),
    expected: { reason: 'ImagePullBackOff', message: `${image}: ghcr.io/x/y:v9: not found`, certain: true },
  },
  {
    reason: 'the same in between two attempts (kubelet 1.32 and later)',
    pod: waiting(
      'ImagePullBackOff',
      'Back-off pulling image "ghcr.io/x/y:v9": ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/x/y:v9": failed to resolve reference "ghcr.io/x/y:v9": ghcr.io/x/y:v9: not found',
    ),
    expected: { reason: 'ImagePullBackOff', message: `${image}: ghcr.io/x/y:v9: not found`, certain: true },
  },
  {
    reason: 'a kubelet before 1.32 has no words in between, and the network may be the cause',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "ghcr.io/x/y:v9"'),
    expected: { reason: 'ImagePullBackOff', message: image },
  },
  {
    reason: 'CRI-O: a tag that does not exist',
    pod: waiting(
      'ErrImagePull',
      'unable to pull image or OCI artifact: pull image err: initializing source docker://ghcr.io/x/y:v9: reading manifest v9 in ghcr.io/x/y: manifest unknown',
    ),
    expected: {
      reason: 'ImagePullBackOff',
      message: `${image}: unable to pull image or OCI artifact: pull image err: initializing source docker://ghcr.io/x/y:v9: reading manifest v9 in ghcr.io/x/y: manifest unknown`,
      certain: true,
    },
  },
  {
    reason: 'a network that fails may work at the next attempt',
    pod: waiting(
      'ErrImagePull',
      'rpc error: code = DeadlineExceeded desc = failed to pull and unpack image "ghcr.io/x/y:v9": failed to resolve reference "ghcr.io/x/y:v9": failed to do request: Head "https://ghcr.io/v2/x/y/manifests/v9": dial tcp 140.82.121.33:443: i/o timeout',
    ),
    expected: {
      reason: 'ImagePullBackOff',
      message: `${image}: failed to do request: Head "https://ghcr.io/v2/x/y/manifests/v9": dial tcp 140.82.121.33:443: i/o timeout`,
    },
  },
  ...[
    'toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit',
    'failed to authorize: failed to fetch anonymous token: Get "https://ghcr.io/token": dial tcp 140.82.121.33:443: i/o timeout',
    'failed to extract layer sha256:0: write /var/lib: no space left on device: unknown',
    'failed to do request: Head "https://ghcr.io/v2/acme/policy-server/manifests/v9": dial tcp 1.2.3.4:443: i/o timeout',
    'received unexpected HTTP status: 503 Service Unavailable: manifest unknown',
  ].map((words) => ({
    reason: `what may be over at the next attempt is not certain: ${words.slice(0, 40)}`,
    pod: waiting('ErrImagePull', words),
    expected: { reason: 'ImagePullBackOff', message: `${image}: ${words}` },
  })),
  ...[
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    'unexpected status from HEAD request to https://ghcr.io/v2/x/y/manifests/v9: 403 Forbidden',
    'no match for platform in manifest: not found',
  ].map((words) => ({
    reason: `another attempt won't help: ${words.slice(0, 40)}`,
    pod: waiting('ErrImagePull', words),
    expected: { reason: 'ImagePullBackOff', message: `${image}: ${words}`, certain: true },
  })),
  {
    reason: 'CRI-O: a signature, which is the same while the kubelet waits',
    pod: waiting(
      'ImagePullBackOff',
      'Back-off pulling image "ghcr.io/x/y:v9": SignatureValidationFailed: a signature was required',
    ),
    expected: { reason: 'ImagePullBackOff', message: `${image}: a signature was required` },
  },
  {
    reason: 'an image that is a volume',
    pod: {
      ...waiting('ErrImagePull', 'failed to pull and unpack image "ghcr.io/acme/data:v3": not found'),
      spec: { volumes: [{ name: 'v', image: { reference: 'ghcr.io/acme/data:v3' } }] },
    },
    expected: {
      reason: 'ImagePullBackOff',
      message:
        "the image ghcr.io/acme/data:v3, a volume of container registry-api, can't be pulled: not found",
      certain: true,
    },
  },
  {
    reason: 'a name that is no image',
    pod: waiting(
      'InvalidImageName',
      'Failed to apply default image tag "x y": couldn\'t parse image name "x y"',
    ),
    expected: {
      reason: 'InvalidImageName',
      message:
        'the image ghcr.io/stacklok/thv-registry-api:v1.5.1 of container registry-api has a name that no image can have: Failed to apply default image tag "x y": couldn\'t parse image name "x y"',
      certain: true,
    },
  },
  {
    reason: 'a server that ends, in its own words and without the seconds of the back-off',
    pod: crashed({ message: wrongPassword }),
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended with exit code 1: failed to connect: password authentication failed for user "db_app"',
    },
  },
  {
    reason: "a server that has ended five times won't begin to work by itself",
    pod: crashed({ message: wrongPassword }, 4),
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended five times or more with exit code 1: failed to connect: password authentication failed for user "db_app"',
      certain: true,
    },
  },
  ...[
    { finishedAt: '2026-11-24T06:59:52Z' },
    { message: 'dial tcp 10.0.0.9:5432: connect: connection refused' },
    { message: 'the database system is starting up (SQLSTATE 57P03)' },
    { exitCode: 143 },
  ].map((parts) => ({
    reason: `restarts alone make nothing certain: ${JSON.stringify(parts)}`,
    pod: crashed({ message: wrongPassword, ...parts }, 9),
    expected: explanationOf(parts),
  })),
  {
    reason: 'a container whose end nobody saw',
    pod: crashed({ exitCode: 137, reason: 'ContainerStatusUnknown', message: 'could not be located' }),
    expected: {
      reason: 'ContainerStatusUnknown',
      message: 'how container registry-api ended is not known: its node restarted or was lost',
    },
  },
  {
    reason: 'the same while it has just ended',
    pod: { containers: [{ state: terminated({ message: wrongPassword }), restartCount: 2 }] },
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended with exit code 1: failed to connect: password authentication failed for user "db_app"',
    },
  },
  {
    reason: 'the same while it runs again',
    pod: {
      phase: 'Running',
      containers: [
        {
          state: { running: { startedAt: '2026-11-24T05:59:58Z' } },
          lastState: terminated({ message: wrongPassword }),
          restartCount: 2,
          started: true,
        },
      ],
    },
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended with exit code 1: failed to connect: password authentication failed for user "db_app"',
    },
  },
  {
    reason: 'a server that has nothing more to do',
    pod: crashed({ exitCode: 0, reason: 'Completed' }),
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended with exit code 0 (it was asked to stop, as the kubelet does when its liveness probe (GET /health on port 8081) fails, or had nothing more to do)',
    },
  },
  {
    reason: 'a liveness probe that fails',
    pod: crashed({ exitCode: 143 }),
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'container registry-api ended with exit code 143 (it was asked to stop, as the kubelet does when its liveness probe (GET /health on port 8081) fails)',
    },
  },
  {
    reason: 'a program that is not in the image',
    pod: crashed({
      ...{ exitCode: 128, reason: 'StartError' },
      message:
        'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "thv": executable file not found in $PATH',
    }),
    expected: {
      reason: 'RunContainerError',
      message:
        'container registry-api can\'t be started: failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "thv": executable file not found in $PATH',
    },
  },
  {
    reason: 'more memory than the limit in force',
    pod: crashed({ exitCode: 137, reason: 'OOMKilled' }),
    expected: {
      reason: 'OOMKilled',
      message:
        'container registry-api was ended because it used more memory than its limit of 512Mi (resources.limits.memory)',
    },
  },
  {
    reason: 'the limit in force is that of the status, where it was changed while the container runs',
    pod: crashed({ exitCode: 137, reason: 'OOMKilled' }).containers?.map((each) => ({
      containers: [{ ...each, resources: { limits: { memory: '1Gi' } } }],
    }))[0] as PodParts,
    expected: {
      reason: 'OOMKilled',
      message:
        'container registry-api was ended because it used more memory than its limit of 1Gi (resources.limits.memory)',
    },
  },
  {
    reason: 'a user that can not run the image',
    pod: waiting(
      'CreateContainerConfigError',
      'container has runAsNonRoot and image will run as root (pod: "p", container: registry-api)',
    ),
    expected: {
      reason: 'CreateContainerConfigError',
      message:
        'container registry-api can\'t be started: container has runAsNonRoot and image will run as root (pod: "p", container: registry-api)',
      certain: true,
    },
  },
  {
    reason: 'a Secret that is named like a ConfigMap',
    pod: waiting('CreateContainerConfigError', 'secret "configmap-x" not found'),
    beside: [claim('Bound')],
    expected: {
      reason: 'CreateContainerConfigError',
      message: 'container registry-api can\'t be started: secret "configmap-x" not found',
    },
  },
  {
    reason: 'a readiness gate',
    pod: {
      phase: 'Running',
      containers: [{ state: readiness, ready: true, started: true }],
      conditions: [
        { type: 'ContainersReady', status: 'True' },
        {
          ...{ type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' },
          message: 'corresponding condition of pod readiness gate "target-health" does not exist.',
        },
      ],
    },
    expected: {
      reason: 'ReadinessGatesNotReady',
      message:
        'the containers of the pod are ready, but one of its readiness gates is not: corresponding condition of pod readiness gate "target-health" does not exist.',
    },
  },
  {
    reason: 'a node that is silent',
    pod: {
      phase: 'Running',
      containers: [{ state: readiness, ready: true, started: true }],
      conditions: [
        { type: 'ContainersReady', status: 'True' },
        { type: 'Ready', status: 'False' },
      ],
    },
    expected: {
      reason: 'NodeNotReady',
      message: 'the containers of the pod were ready, but its node does not answer any more',
    },
  },
  {
    reason: 'an init container that takes long',
    pod: {
      ...unready,
      spec: { initContainers: [{ name: 'migrate' }] },
      initContainers: [{ name: 'migrate', state: readiness, started: true }],
      containers: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    },
    expected: {
      reason: 'InitContainerRunning',
      message: `init container migrate has run for over ten minutes and is not done. Its log may say why, run: ${logs.replace('registry-api --tail', 'migrate --tail')}`,
    },
  },
  {
    reason: 'a sidecar that ends, and that is an init container',
    pod: {
      spec: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] },
      initContainers: [{ name: 'proxy', state: terminated({ exitCode: 0 }), restartCount: 1 }],
    },
    expected: {
      reason: 'CrashLoopBackOff',
      message:
        'sidecar container proxy ended with exit code 0 (it was asked to stop, as the kubelet does when a liveness probe fails, or had nothing more to do)',
    },
  },
  {
    reason: 'the scheduler itself fails',
    pod: unscheduled('binding rejected', 'SchedulerError'),
    expected: { reason: 'SchedulerError', message: 'the scheduler failed: binding rejected' },
  },
  {
    reason: 'the scheduler has more than one word for claims',
    pod: unscheduled("0/1 nodes are available: 1 node(s) didn't find available persistent volumes to bind."),
    beside: [catalog, claim('Pending')],
    expected: {
      reason: 'ClaimPending',
      message:
        'PersistentVolumeClaim data, which spec.sources[2].pvcRef names, has no volume yet (storage class fast)',
    },
  },
  {
    reason: 'a Secret that is not there, with the field that names it',
    pod: waiting('CreateContainerConfigError', 'secret "db" not found'),
    expected: {
      reason: 'CreateContainerConfigError',
      message:
        'container registry-api can\'t be started (see spec.databaseConfig.dbAppUserPasswordSecretRef): secret "db" not found',
    },
  },
  {
    reason: 'a Secret without the key',
    pod: waiting('CreateContainerConfigError', "couldn't find key password in Secret mcp-system/db"),
    expected: {
      reason: 'CreateContainerConfigError',
      message:
        "container registry-api can't be started (see spec.databaseConfig.dbAppUserPasswordSecretRef): couldn't find key password in Secret mcp-system/db",
    },
  },
  {
    reason: 'a Secret that no field of the spec names',
    pod: waiting('CreateContainerConfigError', 'secret "other" not found'),
    expected: {
      reason: 'CreateContainerConfigError',
      message: 'container registry-api can\'t be started: secret "other" not found',
    },
  },
  {
    reason: 'nothing is known but how it ended before, and that the kubelet waits',
    pod: waiting('CreateContainerConfigError', backOff, { lastState: terminated({ message: 'boom' }) }),
    expected: {
      reason: 'CreateContainerConfigError',
      message: "container registry-api can't be started: before that, it ended with exit code 1: boom",
    },
  },
  {
    reason: 'an init container that fails',
    pod: {
      spec: { initContainers: [{ name: 'setup-pgpass', image: 'i' }] },
      initContainers: [
        { name: 'setup-pgpass', state: waiting('CrashLoopBackOff').containers?.[0]?.state ?? {} },
      ].map((each) => ({ ...each, lastState: terminated({ message: 'cp: no such file' }), restartCount: 1 })),
      ...{ containers: [{ state: { waiting: { reason: 'PodInitializing' } } }] },
    },
    expected: {
      reason: 'InitContainerFailed',
      message: 'init container setup-pgpass ended with exit code 1: cp: no such file',
    },
  },
  {
    reason: 'a readiness probe that fails while the server runs',
    pod: { ...unready, containers: [{ state: readiness, started: true }] },
    expected: {
      reason: 'ReadinessProbeFailed',
      message: `container registry-api runs, but its readiness probe (GET /readiness on port 8081) has failed for over ten minutes. Its log may say why, run: ${logs}`,
    },
  },
  {
    reason: 'a startup probe that fails',
    pod: {
      ...unready,
      spec: {
        containers: [{ name: 'registry-api', startupProbe: { exec: { command: ['x'] } } }],
      },
      containers: [{ state: readiness, started: false }],
    },
    expected: {
      reason: 'StartupProbeFailed',
      message: `container registry-api runs, but its startup probe (a command) has failed for over ten minutes. Its log may say why, run: ${logs}`,
    },
  },
  {
    reason: 'a server that failed once, and has run for long since, is not crashing',
    pod: {
      ...unready,
      containers: [
        {
          state: readiness,
          started: true,
          lastState: terminated({ message: wrongPassword }),
          restartCount: 1,
        },
      ],
    },
    expected: {
      reason: 'ReadinessProbeFailed',
      message: `container registry-api runs, but its readiness probe (GET /readiness on port 8081) has failed for over ten minutes. Its log may say why, run: ${logs}`,
    },
  },
  {
    reason: 'in a pod with init containers the kubelet has another word for what is being created',
    pod: {
      spec: { initContainers: [{ name: 'setup' }] },
      containers: [{ state: { waiting: { reason: 'PodInitializing' } } }],
      initContainers: [{ name: 'setup', state: { waiting: { reason: 'PodInitializing' } } }],
    },
    beside: [claim('Bound')],
    expected: {
      reason: 'ConfigMapNotFound',
      message:
        'ConfigMap internal-catalog, which spec.sources[1].configMapRef names, does not exist in this namespace: create it',
    },
  },
  {
    reason: 'a sidecar that fails keeps its pod from being ready as well',
    pod: {
      spec: { containers: [{ name: 'registry-api' }, { name: 'proxy', image: 'p:1' }] },
      containers: [
        { state: { running: { startedAt: '2026-11-24T05:59:50Z' } }, ready: true, started: true },
        { name: 'proxy', state: waiting('CrashLoopBackOff').containers?.[0]?.state ?? {} },
      ].map((each) => (each.name ? { ...each, lastState: terminated({ exitCode: 2 }) } : each)),
    },
    expected: { reason: 'CrashLoopBackOff', message: 'container proxy ended with exit code 2' },
  },
  {
    reason: 'an eviction',
    pod: {
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi.',
    },
    expected: {
      reason: 'Evicted',
      message:
        'the pod was evicted from its node: The node was low on resource: memory. Threshold quantity: 100Mi, available: 80Mi.',
    },
  },
  {
    reason: 'a pod that its node refused',
    pod: { phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'Allocate failed' },
    expected: {
      reason: 'UnexpectedAdmissionError',
      message: 'the pod was ended and is not started again: Allocate failed',
    },
  },
  {
    reason: 'a word that no program could take for a reason',
    pod: waiting('a b\u001b[31m', 'c\u0000d'),
    expected: { reason: 'ContainerNotStarted', message: "container registry-api can't be started: c d" },
  },
];

for (const { reason, pod: parts, beside = there, expected } of cases) {
  test(reason, async (t) => {
    t.strictSame(explain(relatedOf([pod(parts), ...beside])), { certain: false, ...expected });
  });
}

const fine: readonly { readonly reason: string; readonly pod: PodParts; readonly beside?: object[] }[] = [
  { reason: 'the kubelet has not written anything yet', pod: { conditions: [], containers: [] } },
  {
    reason: 'its image is being pulled, which may take long',
    pod: { ...waiting('ContainerCreating'), created: '2026-11-24T05:00:00Z' },
  },
  { reason: 'its init containers run', pod: waiting('PodInitializing') },
  {
    reason: 'it has just started',
    pod: { containers: [{ state: { running: { startedAt: '2026-11-24T05:59:55Z' } }, started: true }] },
  },
];
for (const { reason, pod: parts } of fine) {
  test(`nothing is wrong: ${reason}`, async (t) => {
    t.equal(explain(relatedOf([pod(parts), ...there])), undefined);
  });
}

const crash = crashed({ message: 'boom' });
const isReady = { conditions: [{ type: 'Ready', status: 'True' }] };

test('a pod speaks only where it is one of the desired template, and stays', async (t) => {
  const silent: readonly (readonly [string, PodParts])[] = [
    [
      'another template',
      { ...crash, metadata: { annotations: { 'toolhive.stacklok.dev/template-hash': 'old' } } },
    ],
    ['on its way out', { ...crash, metadata: { deletionTimestamp: '2026-11-24T05:59:59Z' } }],
    ['made by hand', { ...crash, metadata: { ownerReferences: [] } }],
    [
      'made by a Job',
      { ...crash, metadata: { ownerReferences: [{ kind: 'Job', name: 'x', controller: true }] } },
    ],
    ['of another namespace', { ...crash, metadata: { namespace: 'elsewhere' } }],
    ['ready', { ...crash, ...isReady }],
  ];
  for (const [what, parts] of silent) t.equal(explain(relatedOf([pod(parts), ...there])), undefined, what);
  t.equal(explain(relatedOf([pod(crash)], ['ConfigMap.v1'])), undefined, 'nobody asked for pods');
  for (const related of [undefined, null, 7, [], { 'Pod.v1': 7 }, { 'Pod.v1': [pod(crash)] }]) {
    t.equal(explain(related), undefined, 'no group of pods');
  }
});

test('where no pod bears a hash, those of the newest ReplicaSet speak', async (t) => {
  const bare = (name: string, created: string, replicaSet: string, parts: PodParts) =>
    pod({ name, created, replicaSet, ...parts, metadata: { annotations: {} } });
  const related = relatedOf([
    bare('a', '2026-11-24T05:00:00Z', 'old', crashed({ exitCode: 7 })),
    bare('b', '2026-11-24T05:30:00Z', 'new', crash),
    ...there,
  ]);
  t.match(explain(related), {
    message: 'container registry-api ended with exit code 1: boom',
    others: undefined,
  });
});

test('the newest pod that is not ready speaks, and the others are counted', async (t) => {
  const at = (minute: number) => `2026-11-24T05:${minute}:00Z`;
  const related = relatedOf([
    pod({ name: 'a', created: at(10), ...crash }),
    pod({ name: 'b', created: at(11), ...crashed({ exitCode: 137, reason: 'OOMKilled' }) }),
    pod({ name: 'c', created: at(12), ...crash }),
    pod({ name: 'd', created: at(13), ...isReady }),
    pod({ name: 'e', created: at(14), conditions: [] }),
    pod({ name: 'f', created: '2026-11-24T05:09:00Z', ...unscheduled('no') }),
    ...there,
  ]);
  t.strictSame(explain(related), {
    reason: 'CrashLoopBackOff',
    message: 'container registry-api ended with exit code 1: boom',
    certain: false,
    others: '1 other pod: OOMKilled, 1 other pod: Unschedulable',
  });
});

test('a pod that is over speaks until the one in its place is ready, or has a cause of its own', async (t) => {
  const evicted = (name: string, at: string) =>
    pod({
      ...{
        name,
        created: '2026-11-24T05:00:00Z',
        phase: 'Failed',
        reason: 'Evicted',
        message: 'low on memory',
      },
      conditions: [{ type: 'Ready', status: 'False', reason: 'PodFailed', lastTransitionTime: at }],
    });
  const over = evicted('a', '2026-11-24T05:30:00Z');
  const next = (parts: PodParts) => pod({ name: 'b', created: '2026-11-24T05:30:01Z', ...parts });
  const starting = next({ containers: [{ state: { waiting: { reason: 'PodInitializing' } } }] });
  t.match(explain(relatedOf([over, starting, ...there])), {
    reason: 'Evicted',
    message: 'the pod was evicted from its node: low on memory',
  });
  t.equal(explain(relatedOf([over, next(isReady), ...there])), undefined, 'it is replaced');
  t.strictSame(
    explain(relatedOf([over, next(crash), ...there])),
    {
      reason: 'CrashLoopBackOff',
      message: 'container registry-api ended with exit code 1: boom',
      certain: false,
    },
    'what keeps the next one counts',
  );
  const long = evicted('c', '2026-11-20T05:30:00Z');
  t.equal(explain(relatedOf([long, starting, ...there])), undefined, 'what was evicted days ago is history');
});

test('while an init container runs nothing is missing, though all others wait', async (t) => {
  const busy = pod({
    spec: { initContainers: [{ name: 'setup' }] },
    containers: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    initContainers: [{ name: 'setup', state: { running: { startedAt: '2026-11-24T05:59:50Z' } } }],
  });
  t.equal(explain(relatedOf([busy, claim('Bound')])), undefined);
});

test('a pod that was evicted, and has been replaced, is no cause any more', async (t) => {
  const evicted = pod({ name: 'a', phase: 'Failed', reason: 'Evicted', message: 'low on memory' });
  const others = [...there, pod({ name: 'b', created: '2026-11-24T05:00:00Z', ...isReady })];
  t.equal(explain(relatedOf([evicted, ...others])), undefined);
  t.match(explain(relatedOf([evicted, ...there])), { reason: 'Evicted' }, 'it has not been replaced');
});

test('what each pod will need is missing before there is a pod', async (t) => {
  t.match(explain(relatedOf([])), { reason: 'ConfigMapNotFound' });
  t.match(explain(relatedOf([catalog])), { reason: 'ClaimNotFound' });
  t.equal(explain(relatedOf([catalog, claim('Pending')])), undefined, 'a volume may come with the first pod');
  t.equal(explain(relatedOf(there)), undefined);
  t.equal(explain(relatedOf([], ['Pod.v1'])), undefined, 'nobody asked for what it refers to');
  const none = { Deployment: readDeployment({ spec: { replicas: 0 } }) };
  t.equal(explain(relatedOf([]), undefined, none), undefined, 'there are to be no pods');
});

const told = (reason: string, message: string): ObservedCondition => ({
  ...{ type: 'PodsFailing', status: 'True', reason, message },
  observedGeneration: request.parent.metadata.generation,
});

const again: readonly {
  readonly reason: string;
  readonly pod: PodParts;
  readonly before: ObservedCondition;
  readonly message: string;
  readonly certain?: boolean;
}[] = [
  {
    reason: 'another port and another connection',
    pod: crashed({ message: 'dial tcp 10.0.0.7:51342->10.0.0.9:5432: refused (id 7f3a9c21)' }),
    before: told(
      'CrashLoopBackOff',
      'container registry-api ended with exit code 1: dial tcp 10.0.0.7:40112->10.0.0.9:5432: refused (id 11aa22bb)',
    ),
    message:
      'container registry-api ended with exit code 1: dial tcp 10.0.0.7:40112->10.0.0.9:5432: refused (id 11aa22bb)',
  },
  {
    reason: 'another exit code is told',
    pod: crashed({ exitCode: 2, message: 'boom' }),
    before: told('CrashLoopBackOff', 'container registry-api ended with exit code 1: boom'),
    message: 'container registry-api ended with exit code 2: boom',
  },
  {
    reason: 'other words are told',
    pod: crashed({ message: 'password authentication failed' }),
    before: told('CrashLoopBackOff', 'container registry-api ended with exit code 1: connection refused'),
    message: 'container registry-api ended with exit code 1: password authentication failed',
  },
  {
    reason: 'words of the registry that are lost in between stay, and so does what follows from them',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    before: told('ImagePullBackOff', `${image}: dial tcp: i/o timeout`),
    message: `${image}: dial tcp: i/o timeout`,
  },
  {
    reason: 'words of the registry are worth more than how the container ended before',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"', { lastState: terminated({}) }),
    before: told('ImagePullBackOff', `${image}: dial tcp: i/o timeout`),
    message: `${image}: dial tcp: i/o timeout`,
  },
  {
    reason: 'identifiers, durations and addresses in memory',
    pod: crashed({
      message: 'RequestID: 1c1b0d5e-abcd-4e1f-9a2b-0123456789ab after 1m30.5s (0xc000123abc)',
    }),
    before: told(
      'CrashLoopBackOff',
      'container registry-api ended with exit code 1: RequestID: 9f8e7d6c-1a2b-4c3d-8e9f-ba9876543210 after 45.1s (0xc0004567f0)',
    ),
    message:
      'container registry-api ended with exit code 1: RequestID: 9f8e7d6c-1a2b-4c3d-8e9f-ba9876543210 after 45.1s (0xc0004567f0)',
  },
  {
    reason: 'another spec is told anew',
    pod: crashed({ message: 'database "registry_3" does not exist' }),
    before: {
      ...told(
        'CrashLoopBackOff',
        'container registry-api ended with exit code 1: database "registry_2" does not exist',
      ),
      observedGeneration: 1,
    },
    message: 'container registry-api ended with exit code 1: database "registry_3" does not exist',
  },
  {
    reason: 'a hook that fails after the start is followed by a crash that does not say so',
    pod: crashed({ exitCode: 137 }, 7),
    before: told('PostStartHookError', "container registry-api can't be started: no such file"),
    message: "container registry-api can't be started: no such file",
  },
  {
    reason: 'the words of another reason are forgotten',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    before: told('CrashLoopBackOff', `${image}: dial tcp: i/o timeout`),
    message: image,
  },
  {
    reason: 'what somebody else wrote there is not kept',
    pod: waiting('ImagePullBackOff', 'Back-off pulling image "x"'),
    before: told('ImagePullBackOff', `${image}: ${'a'.repeat(2000)}`),
    message: image,
  },
];
for (const { reason, pod: parts, before, message, certain = false } of again) {
  test(`words that were told before: ${reason}`, async (t) => {
    t.match(explain(relatedOf([pod(parts), ...there]), before), { message, certain });
  });
}

test('the words of a loop that has gone on for long are told anew once in an hour', async (t) => {
  const { parent } = request;
  const { children } = buildDesired(identityOf(parent), parent.spec, context.defaults);
  if (!children) throw new Error('the spec has problems');
  const before = told(
    'CrashLoopBackOff',
    'container registry-api ended five times or more with exit code 1: a',
  );
  const message = (restarts: number, writtenAt: string) => {
    const written = {
      ...parent,
      metadata: { ...parent.metadata, managedFields: [{ subresource: 'status', time: writtenAt }] },
    };
    const related = relatedOf([pod(crashed({ message: 'b' }, restarts)), ...there]);
    const both = { desired: children.byKind, observed: {} };
    return explainPods(written, both, deepFreeze(related), before, context).why?.message;
  };
  const anew = 'container registry-api ended five times or more with exit code 1: b';
  t.equal(message(11, '2026-11-24T05:30:00Z'), before.message, 'written half an hour ago');
  t.equal(message(11, '2026-11-24T04:30:00Z'), anew, 'written long ago');
  t.equal(message(10, '2026-11-24T05:59:59Z'), anew, 'a young loop');
});

test('a cause that may be seen later is asked for again, as no event comes then', async (t) => {
  const { parent } = request;
  const { children } = buildDesired(identityOf(parent), parent.spec, context.defaults);
  if (!children) throw new Error('the spec has problems');
  const both = { desired: children.byKind, observed: {} };
  const seen = (parts: PodParts) =>
    explainPods(parent, both, relatedOf([pod(parts), ...there]), undefined, context);
  t.strictSame(seen({ containers: [{ state: { running: { startedAt: '2026-11-24T05:59:55Z' } } }] }), {
    unready: true,
  });
  t.strictSame(seen(isReady), { unready: false });
});

test('pods of any shape are read', async (t) => {
  const broken = [
    ...[{}, { metadata: 7 }, { status: 7 }, { status: { conditions: 7, containerStatuses: [7, {}] } }],
    { spec: 7, status: { phase: 'Failed', reason: 7, message: {} } },
    { spec: { containers: [7, { name: 7 }] }, status: { containerStatuses: [{ name: 7, state: 7 }] } },
    { spec: { containers: [{ name: 'a', resources: 7, readinessProbe: 7 }] } },
  ];
  for (const parts of broken) {
    const whole = { ...pod(crash), ...parts };
    t.doesNotThrow(() => explain({ 'Pod.v1': { a: whole }, 'ConfigMap.v1': { b: parts } }));
  }
});

test('ten times as many pods, containers and ConfigMaps take about ten times as long', async (t) => {
  const many = (size: number): HookRequest => {
    const containers = Array.from({ length: size / 100 }, (_, index) => ({ name: `c${index}`, state: {} }));
    const pods = Array.from({ length: size / 100 }, (_, index) =>
      pod({ name: `p${index}`, ...crash, ...(index === 0 ? { containers, spec: { containers } } : {}) }),
    );
    const maps = Array.from({ length: size / 10 }, (_, index) => ({
      ...catalog,
      metadata: { name: `m${index}`, namespace },
    }));
    return { ...request, related: relatedOf([...pods, ...maps]) };
  };
  t.equal(growth(many, 20_000), undefined);
});
