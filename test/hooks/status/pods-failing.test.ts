import { test } from 'tap';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { sync } from '../../../hooks/sync.ts';
import { type PodParts, podOf, relatedOf } from '../../support/pods.ts';
import { changed, context, recorded, shuffled, withOurChildren } from '../../support/requests.ts';

const base = withOurChildren(recorded('create', 5));

interface World {
  /** Of the Deployment's status. */
  readonly deployment?: object;
  readonly pods: readonly PodParts[];
  /** Conditions of the status that was last written. */
  readonly before?: readonly object[];
}

function world({ deployment = {}, pods, before = [] }: World): HookRequest {
  const related = relatedOf(pods.map((parts, index) => podOf(base, { name: `pod-${index}`, ...parts })));
  return changed(base, (copy) => {
    const found = copy.children['Deployment.apps/v1']?.['production-api'] as unknown as {
      status: Record<string, unknown>;
    };
    Object.assign(found.status, deployment);
    copy.parent.metadata.managedFields = [];
    copy.parent.status = { conditions: before.map((each) => ({ status: 'True', ...each })) } as never;
    copy.related = related as never;
  });
}

const condition = (type: string, reason: string, more: object = {}) => ({ type, reason, ...more });
const wasReady = { type: 'Ready', observedGeneration: 0, lastTransitionTime: '2026-11-24T05:00:00Z' };
/** A change that began long ago. */
const lasting = condition('Reconciling', 'Progressing', { lastTransitionTime: '2026-11-24T05:30:00Z' });

const ended = (restartCount: number): PodParts => ({
  containers: [
    {
      state: { waiting: { reason: 'CrashLoopBackOff' } },
      lastState: { terminated: { exitCode: 1, message: 'boom' } },
      restartCount,
    },
  ],
});
const noImage: PodParts = {
  containers: [{ state: { waiting: { reason: 'ErrImagePull', message: 'ghcr.io/x/y:v9: not found' } } }],
};
const ready: PodParts = { conditions: [{ type: 'Ready', status: 'True' }] };
const none = { replicas: 1, updatedReplicas: 1, readyReplicas: 0, unavailableReplicas: 1 };
const rolling = { replicas: 2, updatedReplicas: 1, readyReplicas: 1 };
const overdue = {
  ...none,
  conditions: [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded', message: 'x' }],
};

const boom = 'container registry-api ended with exit code 1: boom';
const boomFiveTimes = 'container registry-api ended five times or more with exit code 1: boom';
const image =
  "the image ghcr.io/stacklok/thv-registry-api:v1.5.1 of container registry-api can't be pulled: ghcr.io/x/y:v9: not found";

const cases: readonly (World & {
  readonly reason: string;
  readonly phase: string;
  readonly message: string;
  /** Each condition with its status and reason. */
  readonly conditions: Readonly<Record<string, string>>;
})[] = [
  {
    reason: 'a cause is told at once, and not after a minute',
    deployment: none,
    pods: [ended(1)],
    phase: 'Pending',
    message: `Registry API deployment is not ready yet: ${boom}`,
    conditions: {
      Ready: 'False CrashLoopBackOff',
      Reconciling: 'True Progressing',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'counts come with it once it lasts',
    deployment: none,
    pods: [ended(1)],
    before: [lasting],
    phase: 'Pending',
    message: `Registry API deployment is not ready yet: 1 of 1 pods updated, 1 of them not ready yet; ${boom}`,
    conditions: {
      Ready: 'False CrashLoopBackOff',
      Reconciling: 'True Progressing',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'an image that does not exist is certain at once',
    deployment: none,
    pods: [noImage],
    phase: 'Failed',
    message: `Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; ${image}`,
    conditions: {
      Ready: 'False ImagePullBackOff',
      Stalled: 'True ImagePullBackOff',
      PodsFailing: 'True ImagePullBackOff',
    },
  },
  {
    reason: 'a server that keeps crashing is certain after five times',
    deployment: none,
    pods: [ended(4)],
    phase: 'Failed',
    message: `Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; ${boomFiveTimes}`,
    conditions: {
      Ready: 'False CrashLoopBackOff',
      Stalled: 'True CrashLoopBackOff',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'the deadline has passed, and the cause lies deeper than that',
    deployment: overdue,
    pods: [ended(1)],
    phase: 'Failed',
    message: `Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; ${boom}`,
    conditions: {
      Ready: 'False CrashLoopBackOff',
      Stalled: 'True CrashLoopBackOff',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'pods that can not be made at all come before one that fails',
    deployment: {
      ...none,
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }],
    },
    pods: [ended(1)],
    phase: 'Failed',
    message:
      'Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; FailedCreate: quota',
    conditions: {
      Ready: 'False FailedCreate',
      Stalled: 'True FailedCreate',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'old pods serve: Running, Ready and the url stay, and the cause is told beside',
    deployment: rolling,
    pods: [ended(1)],
    before: [wasReady],
    phase: 'Running',
    message: `Registry API is serving requests; a new version is not ready: ${boom}`,
    conditions: {
      Ready: 'True Ready',
      Reconciling: 'True Progressing',
      PodsFailing: 'True CrashLoopBackOff',
    },
  },
  {
    reason: 'old pods serve, and it is certain that the new ones will not',
    deployment: rolling,
    pods: [noImage],
    before: [wasReady],
    phase: 'Running',
    message: `Registry API is serving requests; the rollout is stuck: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left; ${image}`,
    conditions: {
      Ready: 'True Ready',
      Stalled: 'True ImagePullBackOff',
      PodsFailing: 'True ImagePullBackOff',
    },
  },
  {
    reason: 'one of two pods of the spec serves',
    deployment: { replicas: 2, updatedReplicas: 2, readyReplicas: 1 },
    pods: [ready, ended(7)],
    phase: 'Running',
    message: `Registry API is ready and serving requests, but not all of its pods are ready: ${boomFiveTimes}`,
    conditions: { Ready: 'True Ready', PodsFailing: 'True CrashLoopBackOff' },
  },
  {
    reason: 'all pods serve',
    pods: [ready],
    before: [condition('PodsFailing', 'CrashLoopBackOff', { message: boom })],
    phase: 'Running',
    message: 'Registry API is ready and serving requests',
    conditions: { Ready: 'True Ready' },
  },
  {
    reason: 'pods that are slow are waited for',
    deployment: none,
    pods: [{ containers: [{ state: { running: { startedAt: '2026-11-24T05:59:55Z' } } }] }],
    phase: 'Pending',
    message: 'Registry API deployment is not ready yet',
    conditions: { Ready: 'False NotReady', Reconciling: 'True Progressing' },
  },
];

for (const { reason, phase, message, conditions, ...parts } of cases) {
  test(reason, async (t) => {
    const request = world(parts);
    const { status } = sync(request, context);
    const said = Object.fromEntries(
      status.conditions
        .filter(({ type }) => type !== 'SpecWarnings')
        .map(({ type, status: is, reason: why }) => [type, `${is} ${why}`]),
    );
    t.strictSame(
      { phase: status.phase, message: status.message, said },
      { phase, message, said: conditions },
    );
    t.strictSame(sync(shuffled(request), context).status, status, 'in whichever order pods are listed');
  });
}

test('what serves is never decided by pods: they change nothing in the children, the phase Running and the url', async (t) => {
  for (const parts of cases) {
    const told = sync(world(parts), context);
    const withheld = sync(
      changed(world(parts), (copy) => {
        copy.related = {} as never;
      }),
      context,
    );
    t.strictSame(told.children, withheld.children);
    t.equal(told.status.phase === 'Running', withheld.status.phase === 'Running', parts.reason);
    t.equal(told.status.url, withheld.status.url);
    t.equal(told.status.readyReplicas, withheld.status.readyReplicas);
  }
});

test('a registry with a pod that is not ready is looked at again, as a cause may be seen later', async (t) => {
  const deployment = { replicas: 2, updatedReplicas: 2, readyReplicas: 1 };
  const starting = { containers: [{ state: { running: { startedAt: '2026-11-24T05:59:55Z' } } }] };
  t.equal(sync(world({ deployment, pods: [ready, starting] }), context).resyncAfterSeconds, 60);
  t.equal(sync(world({ pods: [ready] }), context).resyncAfterSeconds, undefined);
});

test('a status that is handed back is written once: what follows a crash differs only in numbers', async (t) => {
  const crash = (port: number): PodParts => ({
    containers: [
      {
        state: { waiting: { reason: 'CrashLoopBackOff', message: `back-off ${port}s restarting` } },
        lastState: {
          terminated: { exitCode: 1, message: `2026-11-24T05:00:0${port % 10}Z refused by ${port}` },
        },
        restartCount: 4 + port,
      },
    ],
  });
  let request = world({ deployment: none, pods: [crash(1)] });
  const { status: first } = sync(request, context);
  for (let port = 2; port < 20; port += 1) {
    const before = sync(request, context).status;
    request = changed(world({ deployment: none, pods: [crash(port)] }), (copy) => {
      copy.parent.status = JSON.parse(JSON.stringify(before));
    });
    t.strictSame(sync(request, context).status, first);
  }
});
