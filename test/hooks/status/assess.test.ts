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
  `Registry API is not reachable yet; Service production-api is being restored: somebody else set ${what}`;
const notReady = 'Registry API deployment is not ready yet';
const running = 'Registry API is ready and serving requests';
const serves = 'Registry API is serving requests';
const applying = `${serves}; changes are being applied`;
const inspect =
  'Run: kubectl describe pods -n mcp-system -l app.kubernetes.io/component=registry-api,app.kubernetes.io/name=production-api';

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
/** Something has been on its way for longer than a minute, for a reason. */
const lasting =
  (reason: string): Change =>
  ({ parent }) => {
    const since = '2026-11-24T05:50:00Z';
    const reconciling = { type: 'Reconciling', status: 'True', reason, lastTransitionTime: since };
    parent.metadata.managedFields = [];
    parent.metadata.uid = 'u-1';
    parent.status?.conditions?.push(reconciling);
  };
const overdue = (children: string, objects: string) =>
  `Not created or updated for over a minute: ${children}. If the API server refuses one, an event SyncError says why, run: kubectl describe mcpregistry production -n mcp-system. Otherwise the name is taken by an object that does not belong to this registry, run: kubectl get ${objects} -n mcp-system -o custom-columns='KIND:.kind,NAME:.metadata.name,OWNER:.metadata.ownerReferences[*].name,UID:.metadata.labels.controller-uid'. Delete that object, or use another name for this registry. An object without an owner becomes part of this registry when its label controller-uid is set to u-1.`;
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
    reason: 'the pods listen on another port, though their template is the desired one',
    from: readyBefore,
    change: (copy) => {
      deployment(copy).spec.template.spec.containers[0].ports[0].containerPort = 9090;
    },
    expect: {
      ...pending,
      message:
        'Registry API is not reachable yet; Deployment production-api is being restored: somebody else set containers registry-api ports 9090 (name http)',
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
    reason: 'the template is not the desired one, and nothing served before',
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
      message: applying,
    },
  },
  {
    reason: 'an old pod is left after a minute: pods are counted',
    from: readyBefore,
    change: both(lasting('Progressing'), (copy) => {
      deployment(copy).status['replicas'] = 2;
    }),
    expect: {
      ...serving,
      observedGeneration: 0,
      message: `${serves}; a new version is rolling out: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left. ${inspect}`,
    },
  },
  {
    reason: 'after a minute the controller of Deployments still has not seen the newest spec',
    from: readyBefore,
    change: both(lasting('Progressing'), (copy) => {
      deployment(copy).metadata.generation = 9;
    }),
    expect: {
      ...serving,
      observedGeneration: 0,
      message: `${serves}; waiting for the Deployment controller of Kubernetes`,
    },
  },
  {
    reason: 'no pod is ready after a minute',
    from: was('False', ready),
    change: both(lasting('Progressing'), nothingReady),
    expect: { ...pending, message: `${notReady}; 1 of 1 pods updated, 1 of them not ready yet. ${inspect}` },
  },
  {
    reason: 'somebody scaled it to nothing',
    from: was('False', ready),
    change: both(lasting('Progressing'), nothingReady, (copy) => {
      Object.assign(deployment(copy).spec, { replicas: 0 });
      deployment(copy).status = { observedGeneration: 1, conditions: [] };
    }),
    expect: {
      ...pending,
      message: `${notReady}; the Deployment is scaled to 0 pods. Run: kubectl scale deployment production-api -n mcp-system --replicas=1`,
    },
  },
  {
    reason: 'a child went in the middle of a long rollout: it is named, and not yet called stalled',
    from: readyBefore,
    change: both(lasting('Progressing'), drop('ConfigMap.v1')),
    expect: {
      ...serving,
      observedGeneration: 0,
      message: `${serves}; waiting for ConfigMap production-registry-server-config`,
    },
  },
  {
    reason: 'a child has been missing for over a minute while pods serve',
    from: readyBefore,
    change: both(lasting('ApplyingChildren'), drop('ConfigMap.v1')),
    expect: {
      ...serving,
      observedGeneration: 0,
      message: `${serves}. ${overdue('ConfigMap production-registry-server-config', 'configmap/production-registry-server-config')}`,
    },
  },
  {
    reason: 'a rollout that is stuck comes before a child that is overdue',
    from: readyBefore,
    change: both(lasting('ApplyingChildren'), stuck, drop('ConfigMap.v1')),
    expect: {
      ...serving,
      observedGeneration: 0,
      message: `${serves}; the rollout is stuck: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left; ProgressDeadlineExceeded: timed out. ${inspect}`,
    },
  },
  {
    reason: 'a child has been missing for over a minute and nothing serves',
    from: was('False', ready),
    change: both(lasting('ApplyingChildren'), drop('Service.v1')),
    expect: {
      ...pending,
      message: `Registry API is not ready. ${overdue('Service production-api', 'service/production-api')}`,
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
      message: `${serves}; the rollout is stuck: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left; ProgressDeadlineExceeded: timed out. ${inspect}`,
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
      message: `Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left; ProgressDeadlineExceeded: timed out. ${inspect}`,
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
      message: `Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet, 1 old pod left; ProgressDeadlineExceeded: timed out. ${inspect}`,
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
      message:
        'Registry API deployment is stuck: 1 of 1 pods updated, 1 of them not ready yet; FailedCreate: quota',
    },
  },
] satisfies { reason: string; from: HookRequest; change: Change; expect: object }[];

for (const { reason, from, change, expect } of cases) {
  test(reason, async (t) => {
    const { status } = sync(changed(from, change), context);
    const condition = (type: string) => status.conditions.find((each) => each.type === type);
    const ready = condition('Ready');
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

test('children that are awaited for over a minute stall a registry, whether or not any child was ever there', async (t) => {
  const stalled = (request: HookRequest, reason: string) =>
    sync(changed(request, lasting(reason)), context).status.conditions.find(({ type }) => type === 'Stalled');
  const nothing = was('False', recorded('create', 1));
  const stuckOne = was('False', changed(ready, drop('Role.rbac.authorization.k8s.io/v1')));
  t.equal(stalled(nothing, 'Progressing'), undefined, 'the first call after a minute only names them');
  t.equal(stalled(stuckOne, 'Progressing'), undefined);
  t.match(stalled(stuckOne, 'ApplyingChildren'), {
    reason: 'ChildNotApplied',
    message: overdue('Role production-registry-api', 'role/production-registry-api'),
  });
  const kinds = ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Deployment', 'Service'];
  const { message = '', reason } = stalled(nothing, 'ApplyingChildren') ?? {};
  t.equal(reason, 'ChildNotApplied');
  for (const kind of kinds) t.match(message, `${kind} production-`);
  t.equal(message.split('kubectl get').length, 2, 'one command for all six');
  t.ok(message.length < 1500, `${message.length} characters`);
});

test('while a change is young its steps are one write: the number of ready pods that was written stays', async (t) => {
  const rolling = (readyReplicas: number, written: unknown, reconciling: Change) =>
    changed(
      edited(readyBefore, { configYAML: 'a: 1' }),
      both((copy) => {
        deployment(copy).status['readyReplicas'] = readyReplicas;
        Object.assign(copy.parent.status ?? {}, { readyReplicas: written });
      }, reconciling),
    );
  const since =
    (time: string): Change =>
    ({ parent }) => {
      parent.metadata.managedFields = [];
      parent.status?.conditions?.push({ type: 'Reconciling', status: 'True', lastTransitionTime: time });
    };
  const young = since('2026-11-24T05:59:50Z');
  const cases = [
    { ready: 2, written: 1, change: young, expect: 1, reason: 'a surge pod comes and goes' },
    { ready: 1, written: 2, change: young, expect: 1, reason: 'fewer are never called more' },
    { ready: 2, written: 1, change: () => {}, expect: 2, reason: 'a change begins with what is observed' },
    {
      ready: 2,
      written: 1,
      change: lasting('Progressing'),
      expect: 2,
      reason: 'a change that lasts is shown as it is',
    },
    {
      ready: 2,
      written: 0,
      change: young,
      expect: 2,
      reason: 'none would be a lie of a registry that serves',
    },
    { ready: 2, written: '1', change: young, expect: 2, reason: 'a text is no number' },
    { ready: 2, written: 1.5, change: young, expect: 2, reason: 'nor is half a pod' },
    { ready: 2, written: undefined, change: young, expect: 2, reason: 'nothing was written' },
    {
      ready: 2,
      written: 1,
      change: both(young, stuck, (copy) => {
        const hash = sync(copy as HookRequest, context).children.find(({ kind }) => kind === 'Deployment');
        Object.assign(deployment(copy).metadata.annotations, hash?.metadata.annotations);
      }),
      expect: 2,
      reason: 'a stuck rollout is shown as it is',
    },
  ] satisfies { ready: number; written: unknown; change: Change; expect: number; reason: string }[];
  for (const { ready, written, change, expect, reason } of cases) {
    t.equal(sync(rolling(ready, written, change), context).status.readyReplicas, expect, reason);
  }
});
