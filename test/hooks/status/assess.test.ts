import { test } from 'tap';
import type { HookRequest } from '../../../hooks/contract/request.ts';
import { sync } from '../../../hooks/sync.ts';
import { changed, context, edited, recorded, withOurChildren } from '../../support/requests.ts';

type Change = Parameters<typeof changed>[1];

const ready = withOurChildren(recorded('create', 5));
const was = (status: 'True' | 'False', request: HookRequest) =>
  changed(request, ({ parent }) => {
    parent.status = {
      conditions: [
        { type: 'Ready', status, observedGeneration: 1, lastTransitionTime: '2026-01-01T00:00:00Z' },
      ],
    };
  });
const readyBefore = was('True', ready);

type Copy = Parameters<Change>[0];

const deployment = ({ children }: Copy) =>
  children['Deployment.apps/v1']?.['production-api'] as unknown as {
    spec: { template: { spec: { containers: [{ ports: [{ containerPort: number }] }] } } };
    metadata: { generation: number; deletionTimestamp?: string; annotations: Record<string, string> };
    status: Record<string, unknown> & { conditions: object[] };
  };
const service = ({ children }: Copy) =>
  children['Service.v1']?.['production-api'] as unknown as {
    spec: { selector: Record<string, string>; ports: { port: number; targetPort?: string | number }[] };
  };
const configMap = ({ children }: Copy) =>
  children['ConfigMap.v1']?.['production-registry-server-config'] as unknown as {
    data: Record<string, string>;
  };

const drop =
  (group: string): Change =>
  (copy) => {
    (copy.children as Record<string, object>)[group] = {};
  };

const serving = { phase: 'Running', ready: 'True', reason: 'Ready', observedGeneration: 1, url: true };
const pending = { phase: 'Pending', ready: 'False', reason: 'NotReady', observedGeneration: 1, url: false };
const names: Record<string, string> = {
  ConfigMap: 'production-registry-server-config',
  ServiceAccount: 'production-registry-api',
  Role: 'production-registry-api',
  RoleBinding: 'production-registry-api',
  Service: 'production-api',
};
const unreachable = (kind: string) => `Registry API is not reachable yet; waiting for ${kind} ${names[kind]}`;
const taken = (what: string) =>
  `Registry API is not reachable yet; Service production-api is taken back: somebody else set ${what}`;
const notReady = 'Registry API deployment is not ready yet';
const running = 'Registry API is ready and serving requests';
const applying = 'Registry API is serving requests; a new version is being applied';

const progressing = (status: string, reason: string, message: string) => ({
  type: 'Progressing',
  status,
  reason,
  message,
});
const stuck: Change = (copy) => {
  Object.assign(deployment(copy).status, {
    replicas: 2,
    updatedReplicas: 1,
    conditions: [progressing('False', 'ProgressDeadlineExceeded', 'timed out')],
  });
};
const nothingReady: Change = (copy) => {
  deployment(copy).status['readyReplicas'] = 0;
};
const both =
  (...changes: Change[]): Change =>
  (copy) => {
    for (const change of changes) change(copy);
  };

const cases = [
  { reason: 'all is there', from: ready, change: () => {}, expect: { ...serving, message: running } },
  ...[
    'ConfigMap.v1',
    'ServiceAccount.v1',
    'Role.rbac.authorization.k8s.io/v1',
    'RoleBinding.rbac.authorization.k8s.io/v1',
    'Service.v1',
  ].map((group) => ({
    reason: `serving asks for ${group} as well`,
    from: ready,
    change: drop(group),
    expect: { ...pending, message: unreachable(group.split('.')[0] ?? '') },
  })),
  {
    reason: 'no Deployment',
    from: ready,
    change: drop('Deployment.apps/v1'),
    expect: { ...pending, message: notReady },
  },
  {
    reason: 'a Deployment on its way out serves nobody for long',
    from: readyBefore,
    change: (copy) => {
      deployment(copy).metadata.deletionTimestamp = '2026-11-24T06:00:00Z';
    },
    expect: { ...pending, message: notReady },
  },
  {
    reason: 'the ConfigMap holds something else',
    from: ready,
    change: (copy) => {
      configMap(copy).data['config.yaml'] = 'other';
    },
    expect: { ...pending, message: unreachable('ConfigMap') },
  },
  {
    reason: 'the Service has another port, so the url would lead nowhere, whoever was Ready',
    from: readyBefore,
    change: (copy) => {
      service(copy).spec.ports = [{ port: 9090, targetPort: 'http' }];
    },
    expect: { ...pending, message: unreachable('Service') },
  },
  {
    reason: 'the pods listen on another port, though their template was asked for',
    from: readyBefore,
    change: (copy) => {
      deployment(copy).spec.template.spec.containers[0].ports[0].containerPort = 9090;
    },
    expect: {
      ...pending,
      message:
        'Registry API is not reachable yet; Deployment production-api is taken back: somebody else set containers registry-api ports 9090 (name http)',
    },
  },
  {
    reason: 'the Service leads to another port of the pods',
    from: ready,
    change: (copy) => {
      service(copy).spec.ports = [{ port: 8080, targetPort: 9090 }];
    },
    expect: { ...pending, message: unreachable('Service') },
  },
  {
    reason: 'a Service may name the port by its number',
    from: ready,
    change: (copy) => {
      service(copy).spec.ports = [{ port: 8080 }];
    },
    expect: { ...serving, message: running },
  },
  {
    reason: 'another selector leads to other pods',
    from: ready,
    change: (copy) => {
      service(copy).spec.selector = { app: 'other' };
    },
    expect: { ...pending, message: taken('selector app') },
  },
  {
    reason: 'one label more selects fewer pods, perhaps none',
    from: ready,
    change: (copy) => {
      service(copy).spec.selector['pod'] = 'x';
    },
    expect: {
      ...pending,
      message: taken('selector pod'),
    },
  },
  {
    reason: 'no pod is ready',
    from: readyBefore,
    change: nothingReady,
    expect: { ...pending, message: notReady },
  },
  {
    reason: 'the template is not the one we asked for, and nothing served before',
    from: ready,
    change: (copy) => {
      deployment(copy).metadata.annotations['toolhive.stacklok.dev/template-hash'] = 'other';
    },
    expect: { ...pending, message: notReady },
  },
  {
    reason: 'the controller of Deployments has not seen the newest spec',
    from: ready,
    change: (copy) => {
      deployment(copy).metadata.generation = 9;
    },
    expect: { ...pending, message: notReady },
  },
  {
    reason: 'an old pod is left: Ready of this generation would be a promise about it as well',
    from: readyBefore,
    change: (copy) => {
      deployment(copy).status['replicas'] = 2;
    },
    expect: {
      ...serving,
      observedGeneration: 0,
      message: 'Registry API is serving requests; a new version is rolling out: 1 of 1 pods updated, 1 ready',
    },
  },
  {
    reason: 'the spec was edited twice while old pods serve: Ready keeps the first generation',
    from: edited(edited(readyBefore, { configYAML: 'a: 1' }), { configYAML: 'a: 2' }),
    change: () => {},
    expect: { ...serving, message: applying },
  },
  {
    reason: 'a Ready without a generation is not taken for the newest one',
    from: edited(readyBefore, { configYAML: 'a: 1' }),
    change: (copy) => {
      delete copy.parent.status?.conditions?.[0]?.observedGeneration;
    },
    expect: { ...serving, message: applying },
  },
  {
    reason: 'stuck while old pods serve, whose generation this is not',
    from: readyBefore,
    change: stuck,
    expect: {
      ...serving,
      observedGeneration: 0,
      message:
        'Registry API is serving requests; the rollout is stuck: 1 of 1 pods updated, 1 ready; ProgressDeadlineExceeded: timed out',
    },
  },
  {
    reason: 'stuck, and what is ready was not Ready before',
    from: was('False', ready),
    change: stuck,
    expect: {
      phase: 'Failed',
      ready: 'False',
      reason: 'ProgressDeadlineExceeded',
      observedGeneration: 1,
      url: false,
      message:
        'Registry API deployment is stuck: 1 of 1 pods updated, 1 ready; ProgressDeadlineExceeded: timed out',
    },
  },
  {
    reason: 'stuck with nothing ready',
    from: readyBefore,
    change: both(stuck, nothingReady),
    expect: {
      phase: 'Failed',
      ready: 'False',
      reason: 'ProgressDeadlineExceeded',
      observedGeneration: 1,
      url: false,
      message:
        'Registry API deployment is stuck: 1 of 1 pods updated, 0 ready; ProgressDeadlineExceeded: timed out',
    },
  },
  {
    reason: 'that an older template was stuck says nothing of the new one',
    from: was('False', edited(ready, { configYAML: 'a: 1' })),
    change: both(stuck, nothingReady),
    expect: { ...pending, observedGeneration: 2, message: notReady },
  },
  {
    reason: 'no pod can be made: that is said before the deadline',
    from: ready,
    change: both(nothingReady, (copy) => {
      deployment(copy).status.conditions.push(progressing('False', 'ProgressDeadlineExceeded', 'timed out'), {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'quota',
      });
    }),
    expect: {
      phase: 'Failed',
      ready: 'False',
      reason: 'FailedCreate',
      observedGeneration: 1,
      url: false,
      message: 'Registry API deployment is stuck: 1 of 1 pods updated, 0 ready; FailedCreate: quota',
    },
  },
] satisfies { reason: string; from: HookRequest; change: Change; expect: object }[];

for (const { reason, from, change, expect } of cases) {
  test(reason, async (t) => {
    const { status } = sync(changed(from, change), context);
    const ready = status.conditions.find(({ type }) => type === 'Ready');
    t.strictSame(
      {
        phase: status.phase,
        ready: ready?.status,
        reason: ready?.reason,
        observedGeneration: ready?.observedGeneration,
        url: status.url !== undefined,
        message: status.message,
      },
      expect,
    );
    t.equal(ready?.message, status.message, 'the condition says the same');
  });
}
