import { test } from 'tap';
import type { RepairRules } from '../../../hooks/children/child-kind.ts';
import { type ChildKind, childKinds } from '../../../hooks/children/child-kinds.ts';
import type { Child } from '../../../hooks/contract/answer.ts';
import type { KubernetesObject } from '../../../hooks/contract/kubernetes.ts';
import { buildDesired } from '../../../hooks/desired.ts';
import { repairChild, repairChildren } from '../../../hooks/repair/repair.ts';
import { sync } from '../../../hooks/sync.ts';
import { recordings } from '../../fixtures/recordings.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { context, recorded } from '../../support/requests.ts';

type Spec = Record<string, unknown>;
const metadata = { name: 'a-api', namespace: 'n' };
const child = (kind: string, body: Spec): Child =>
  deepFreeze({ apiVersion: 'v1', kind, metadata, ...body }) as Child;

/** As it is observed after it was applied as `applied`, by either strategy, and changed to `body` by hand. */
function observed(
  kind: string,
  body: Spec,
  applied: Spec | undefined,
  strategy = 'dynamic',
): KubernetesObject {
  const owned = {
    'f:metadata': { 'f:labels': { 'f:controller-uid': {} } },
    'f:spec': { 'f:ports': { 'k:{"port":8080,"protocol":"TCP"}': { 'f:port': {}, 'f:name': {} } } },
  };
  return deepFreeze({
    apiVersion: 'v1',
    kind,
    ...body,
    metadata: {
      ...metadata,
      ...(strategy === 'server-side'
        ? { managedFields: [{ manager: 'metacontroller', operation: 'Apply', fieldsV1: owned }] }
        : applied && {
            annotations: { 'metacontroller.k8s.io/last-applied-configuration': JSON.stringify(applied) },
          }),
    },
  });
}

const http = { name: 'http', port: 8080, protocol: 'TCP' };
const ports = (...list: object[]) => ({ spec: { ports: list, selector: { app: 'a' } } });
const policy = (matchLabels: object) => ({ spec: { podSelector: { matchLabels } } });
/** With a target that somebody else set for our port. */
const shared = (there: KubernetesObject): KubernetesObject => {
  const changed = { 'f:spec': { 'f:ports': { 'k:{"port":8080,"protocol":"TCP"}': { 'f:targetPort': {} } } } };
  const managedFields = [
    ...((there.metadata['managedFields'] ?? []) as object[]),
    { manager: 'kubectl-edit', operation: 'Update', fieldsV1: changed },
  ];
  return deepFreeze({ ...there, metadata: { ...there.metadata, managedFields } });
};
const pod = (container: object, volumes: object[] = []) => ({
  spec: { template: { spec: { containers: [{ name: 'registry-api', ...container }], volumes } } },
});

const budget = (spec: object) => ({ spec: { selector: { matchLabels: { app: 'a' } }, ...spec } });
const monitor = (...list: object[]) => ({ spec: { podMetricsEndpoints: list } });

const cases = [
  {
    reason: 'of the two limits of a budget, only one may be set',
    child: child('PodDisruptionBudget', budget({ minAvailable: 1 })),
    there: observed('PodDisruptionBudget', budget({ maxUnavailable: 1 }), budget({ minAvailable: 1 })),
    answer: child('PodDisruptionBudget', budget({ maxUnavailable: 1 })),
    repairs: { action: 'takenOver', why: 'somebody else set maxUnavailable' },
  },
  {
    reason: 'under server-side apply the other limit would stay',
    child: child('PodDisruptionBudget', budget({ minAvailable: 1 })),
    there: observed('PodDisruptionBudget', budget({ maxUnavailable: 1 }), undefined, 'server-side'),
    answer: undefined,
    repairs: { action: 'recreated', why: 'somebody else set maxUnavailable' },
  },
  {
    reason: 'server-side apply replaces a selector whole, so nothing is deleted for it',
    child: child('PodDisruptionBudget', budget({ minAvailable: 1 })),
    there: observed(
      'PodDisruptionBudget',
      budget({ minAvailable: 1, selector: { matchLabels: { app: 'a', x: 'y' } } }),
      undefined,
      'server-side',
    ),
    answer: child('PodDisruptionBudget', budget({ minAvailable: 1 })),
    repairs: undefined,
  },
  {
    reason: 'nor for that of a policy',
    child: child('NetworkPolicy', policy({ app: 'a' })),
    there: observed('NetworkPolicy', policy({ app: 'a', x: 'y' }), undefined, 'server-side'),
    answer: child('NetworkPolicy', policy({ app: 'a' })),
    repairs: undefined,
  },
  {
    reason: 'nor for that of a Service, which may have an address',
    child: child('Service', ports(http)),
    there: observed(
      'Service',
      { spec: { ports: [http], selector: { app: 'a', x: 'y' } } },
      undefined,
      'server-side',
    ),
    answer: child('Service', ports(http)),
    repairs: undefined,
  },
  {
    reason: 'an endpoint beside ours, which a merge leaves',
    child: child('PodMonitor', monitor({ port: 'internal', path: '/metrics' })),
    there: observed(
      'PodMonitor',
      monitor({ port: 'internal', path: '/metrics' }, { port: 'http' }),
      monitor({ port: 'internal', path: '/metrics' }),
    ),
    answer: child('PodMonitor', monitor({ port: 'internal', path: '/metrics' }, { port: 'http' })),
    repairs: { action: 'takenOver', why: 'somebody else set podMetricsEndpoints http' },
  },
  {
    reason: 'a port with the name of ours is taken over, so that the next answer can remove it',
    child: child('Service', ports(http)),
    there: observed('Service', ports({ ...http, port: 9090 }), ports(http)),
    answer: child('Service', ports({ ...http, port: 9090 })),
    repairs: { action: 'takenOver', why: 'somebody else set ports 9090 (name http)' },
  },
  {
    reason: 'once it is taken over, it is removed',
    child: child('Service', ports(http)),
    there: observed('Service', ports({ ...http, port: 9090 }), ports({ ...http, port: 9090 })),
    answer: child('Service', ports(http)),
    repairs: undefined,
  },
  {
    reason: 'a port that collides with nothing is left alone, also while another is taken over',
    child: child('Service', ports(http)),
    there: observed('Service', ports({ ...http, port: 9090 }, { name: 'metrics', port: 7 }), ports(http)),
    answer: child('Service', ports({ ...http, port: 9090 })),
    repairs: { action: 'takenOver', why: 'somebody else set ports 9090 (name http)' },
  },
  {
    reason: 'in a child that was never applied it is taken over in the same way',
    child: child('Service', ports(http)),
    there: observed('Service', ports({ ...http, port: 9090 }), undefined),
    answer: child('Service', ports({ ...http, port: 9090 })),
    repairs: { action: 'takenOver', why: 'somebody else set ports 9090 (name http)' },
  },
  {
    reason: 'under server-side apply somebody else still owns the port, so the Service is recreated',
    child: child('Service', ports(http)),
    there: observed('Service', ports({ ...http, port: 9090 }), undefined, 'server-side'),
    answer: undefined,
    repairs: { action: 'recreated', why: 'somebody else set ports 9090 (name http)' },
  },
  {
    reason: 'under server-side apply a port that is given up stays where somebody else has set it too',
    child: child('Service', ports({ ...http, port: 80 })),
    there: shared(observed('Service', ports(http), undefined, 'server-side')),
    answer: undefined,
    repairs: {
      action: 'recreated',
      why: 'somebody else set its port 8080, which stays under server-side apply',
    },
  },
  {
    reason: 'and is kept where it is not given up',
    child: child('Service', ports(http)),
    there: shared(observed('Service', ports(http), undefined, 'server-side')),
    answer: child('Service', ports(http)),
    repairs: undefined,
  },
  {
    reason: 'a port that is ours alone goes with what we applied',
    child: child('Service', ports({ ...http, port: 80 })),
    there: observed('Service', ports(http), undefined, 'server-side'),
    answer: child('Service', ports({ ...http, port: 80 })),
    repairs: undefined,
  },
  {
    reason: 'dynamic apply removes the port that was applied, whoever changed it',
    child: child('Service', ports({ ...http, port: 80 })),
    there: shared(observed('Service', ports(http), ports(http))),
    answer: child('Service', ports({ ...http, port: 80 })),
    repairs: undefined,
  },
  {
    reason: 'a policy about fewer pods than ours',
    child: child('NetworkPolicy', policy({ app: 'a' })),
    there: observed('NetworkPolicy', policy({ app: 'a', x: 'y' }), policy({ app: 'a' })),
    answer: child('NetworkPolicy', policy({ app: 'a', x: 'y' })),
    repairs: { action: 'takenOver', why: 'somebody else set podSelector matchLabels x' },
  },
  {
    reason: 'two protocols of one number are one port to dynamic apply',
    child: child('Service', ports(http)),
    there: observed('Service', ports(http, { name: 'udp', port: 8080, protocol: 'UDP' }), ports(http)),
    answer: undefined,
    repairs: { action: 'recreated', why: 'somebody else set the port 8080/UDP' },
  },
  {
    reason: 'and two ports to server-side apply',
    child: child('Service', ports(http)),
    there: observed(
      'Service',
      ports(http, { name: 'udp', port: 8080, protocol: 'UDP' }),
      undefined,
      'server-side',
    ),
    answer: child('Service', ports(http)),
    repairs: undefined,
  },
  {
    reason: 'a selector with one more label selects other pods',
    child: child('Service', ports(http)),
    there: observed('Service', { spec: { ports: [http], selector: { app: 'a', x: 'y' } } }, ports(http)),
    answer: child('Service', { spec: { ports: [http], selector: { app: 'a', x: 'y' } } }),
    repairs: { action: 'takenOver', why: 'somebody else set selector x' },
  },
  {
    reason: 'a container port with the name of ours',
    child: child('Deployment', pod({ ports: [{ name: 'http', containerPort: 8080 }] })),
    there: observed(
      'Deployment',
      pod({ ports: [{ name: 'http', containerPort: 9090 }] }),
      pod({ ports: [{ name: 'http', containerPort: 8080 }] }),
    ),
    answer: child('Deployment', pod({ ports: [{ name: 'http', containerPort: 9090 }] })),
    repairs: { action: 'takenOver', why: 'somebody else set containers registry-api ports 9090 (name http)' },
  },
  {
    reason: 'a variable has a value or a source, not both',
    child: child('Deployment', pod({ env: [{ name: 'A', value: '1' }] })),
    there: observed(
      'Deployment',
      pod({ env: [{ name: 'A', valueFrom: { fieldRef: {} } }, { name: 'B' }] }),
      pod({ env: [{ name: 'A', value: '1' }] }),
    ),
    answer: child('Deployment', pod({ env: [{ name: 'A', valueFrom: { fieldRef: {} } }] })),
    repairs: { action: 'takenOver', why: 'somebody else set containers registry-api env A valueFrom' },
  },
  {
    reason: 'a volume is of one kind',
    child: child('Deployment', pod({}, [{ name: 'v', configMap: { name: 'c' } }])),
    there: observed(
      'Deployment',
      pod({}, [{ name: 'v', secret: { secretName: 's' } }]),
      pod({}, [{ name: 'v', configMap: { name: 'c' } }]),
    ),
    answer: child('Deployment', pod({}, [{ name: 'v', secret: { secretName: 's' } }])),
    repairs: { action: 'takenOver', why: 'somebody else set volumes v secret' },
  },
  {
    reason: 'a probe has one handler',
    child: child('Deployment', pod({ livenessProbe: { httpGet: { port: 1 } } })),
    there: observed(
      'Deployment',
      pod({ livenessProbe: { exec: { command: ['x'] } } }),
      pod({ livenessProbe: { httpGet: { port: 1 } } }),
    ),
    answer: child('Deployment', pod({ livenessProbe: { exec: { command: ['x'] } } })),
    repairs: { action: 'takenOver', why: 'somebody else set containers registry-api livenessProbe exec' },
  },
  {
    reason: 'a Deployment is never recreated: under server-side apply the repair is blocked',
    child: child('Deployment', pod({ ports: [{ name: 'http', containerPort: 8080 }] })),
    there: observed(
      'Deployment',
      pod({ ports: [{ name: 'http', containerPort: 9090 }] }),
      undefined,
      'server-side',
    ),
    answer: child('Deployment', pod({ ports: [{ name: 'http', containerPort: 8080 }] })),
    repairs: { action: 'blocked', why: 'somebody else set containers registry-api ports 9090 (name http)' },
  },
  {
    reason: 'an immutable ConfigMap that holds something else is recreated',
    child: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    there: observed('ConfigMap', { data: { 'config.yaml': 'old' }, immutable: true }, {}),
    answer: undefined,
    repairs: { action: 'recreated', why: 'it was made immutable and holds something else' },
  },
  {
    reason: 'one more key in an immutable ConfigMap does no harm',
    child: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    there: observed('ConfigMap', { data: { 'config.yaml': 'new', more: 'x' }, immutable: true }, {}),
    answer: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    repairs: undefined,
  },
  {
    reason: 'a sidecar that somebody else added may have one port for two protocols',
    child: child('Deployment', pod({})),
    there: observed(
      'Deployment',
      {
        spec: {
          template: {
            spec: {
              containers: [
                { name: 'registry-api' },
                { name: 'dns', ports: [{ containerPort: 53, protocol: 'UDP' }, { containerPort: 53 }] },
              ],
            },
          },
        },
      },
      pod({}),
    ),
    answer: child('Deployment', pod({})),
    repairs: undefined,
  },
  {
    reason: 'an immutable ConfigMap that is as desired is left alone',
    child: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    there: observed('ConfigMap', { data: { 'config.yaml': 'new' }, immutable: true }, {}),
    answer: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    repairs: undefined,
  },
  {
    reason: 'a key is in data or in binaryData, not in both',
    child: child('ConfigMap', { data: { 'config.yaml': 'new' } }),
    there: observed('ConfigMap', { binaryData: { 'config.yaml': 'AA==' } }, {}),
    answer: undefined,
    repairs: { action: 'recreated', why: 'somebody else set binaryData config.yaml' },
  },
  {
    reason: 'a RoleBinding with another roleRef is recreated',
    child: child('RoleBinding', { roleRef: { kind: 'Role', name: 'a' } }),
    there: observed('RoleBinding', { roleRef: { kind: 'Role', name: 'b' } }, {}),
    answer: undefined,
    repairs: { action: 'recreated', why: 'its roleRef was changed, which nobody can change back' },
  },
  {
    reason: 'what somebody else adds to a ServiceAccount does no harm',
    child: child('ServiceAccount', {}),
    there: observed('ServiceAccount', { secrets: [{ name: 's' }] }, {}),
    answer: child('ServiceAccount', {}),
    repairs: undefined,
  },
];

for (const { reason, child: desired, there, answer, repairs } of cases) {
  test(reason, async (t) => {
    const rules = (childKinds[there.kind as ChildKind].repair ?? {}) as RepairRules;
    t.strictSame(repairChild(desired, there, rules), {
      ...(answer && { child: answer }),
      ...(repairs && { repair: { kind: desired.kind, name: 'a-api', ...repairs } }),
    });
  });
}

test('a child that does not exist is answered as it is desired', async (t) => {
  const { children } = buildDesired({ name: 'a', namespace: 'n' }, { configYAML: 'a: 1' }, context.defaults);
  if (!children) throw new Error('the spec is valid');
  const { children: answered, repairs } = repairChildren(children, {});
  t.equal(answered, children.all, 'in the list that is remembered');
  t.strictSame(repairs, []);
});

const portsOf = (children: readonly Child[], kind: string): unknown => {
  const spec = children.find((each) => each.kind === kind)?.['spec'] as {
    ports?: unknown;
    template?: { spec: { containers: { ports: unknown }[] } };
  };
  return spec && (spec.ports ?? spec.template?.spec.containers[0]?.ports);
};

/** As it was recorded: later, an internal port with a number of its own became a port of the container. */
const withoutInternalPort = deepFreeze({ ...context, defaults: { ...context.defaults, healthPort: 8080 } });

test('these answers repaired drift on a real cluster', async (t) => {
  const folders = [
    { folder: 'service-port-adopted', kind: 'Service' },
    { folder: 'container-port-adopted', kind: 'Deployment' },
    { folder: 'ssa-service-replaced', kind: 'Service' },
  ];
  for (const { folder, kind } of folders) {
    for (const { step, answer } of recordings(folder)) {
      const ours = sync(recorded(folder, step), withoutInternalPort).children;
      const theirs = (answer as { children: Child[] }).children;
      t.strictSame(portsOf(ours, kind), portsOf(theirs, kind), `${folder}/${step}`);
    }
  }
});
