import { test } from 'tap';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { planPod } from './plan-pod.ts';
import { PodProblem } from './pod-problem.ts';
import type { Container, Objects, PodIdentity, PodTemplate } from './types.ts';
import { ACCOUNT_PATH, ACCOUNT_VOLUME } from './volumes.ts';

const pod: PodIdentity = deepFreeze({
  name: 'catalog-api-0',
  namespace: 'mcp-system',
  ip: '10.96.2.1',
  account: { token: 'T' },
  services: [{ name: 'registry-db', ip: '10.96.3.1', ports: [{ name: 'pg', port: 5432 }] }],
  kubernetes: { name: 'kubernetes', ip: '10.96.0.1', ports: [{ name: 'https', port: 443 }] },
});

const objects: Objects = deepFreeze({
  configMaps: { config: { 'config.yaml': 'C', other: 'O' } },
  secrets: { database: { password: 'P', pgpass: 'G' } },
  claims: { catalogs: { 'stable/registry.json': '{}' }, disk: '/srv/disk' },
});

const container: Container = deepFreeze({
  name: 'registry-api',
  args: ['serve', '--config=/config/config.yaml', '--name=$(NAME)', '$$(NAME)', '$(NOBODY)'],
  readinessProbe: { httpGet: { path: '/readiness', port: 8081 } },
  env: [
    { name: 'NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { name: 'LONG', value: '$(NAME).$(REGISTRY_DB_SERVICE_HOST)' },
    { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'database', key: 'password' } } },
    { name: 'ABSENT', valueFrom: { secretKeyRef: { name: 'none', key: 'none', optional: true } } },
  ],
  volumeMounts: [
    { name: 'source', mountPath: '/config/registry/team', readOnly: true },
    { name: 'config', mountPath: '/config', readOnly: true },
  ],
});

function template(spec: object = {}, server: object = {}): PodTemplate {
  return deepFreeze({
    spec: {
      containers: [
        { name: 'sidecar', volumeMounts: [] },
        { ...container, ...server },
      ],
      volumes: [
        { name: 'config', configMap: { name: 'config' } },
        {
          name: 'source',
          secret: {
            secretName: 'database',
            defaultMode: 0o400,
            items: [
              { key: 'pgpass', path: '.pgpass' },
              { key: 'password', path: 'app/password', mode: 0o440 },
            ],
          },
        },
      ],
      ...spec,
    },
  });
}

const kubernetesVariables = {
  KUBERNETES_SERVICE_HOST: '10.96.0.1',
  KUBERNETES_SERVICE_PORT: '443',
  KUBERNETES_SERVICE_PORT_HTTPS: '443',
  KUBERNETES_PORT: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP: 'tcp://10.96.0.1:443',
  KUBERNETES_PORT_443_TCP_PROTO: 'tcp',
  KUBERNETES_PORT_443_TCP_PORT: '443',
  KUBERNETES_PORT_443_TCP_ADDR: '10.96.0.1',
};

const databaseVariables = {
  REGISTRY_DB_SERVICE_HOST: '10.96.3.1',
  REGISTRY_DB_SERVICE_PORT: '5432',
  REGISTRY_DB_SERVICE_PORT_PG: '5432',
  REGISTRY_DB_PORT: 'tcp://10.96.3.1:5432',
  REGISTRY_DB_PORT_5432_TCP: 'tcp://10.96.3.1:5432',
  REGISTRY_DB_PORT_5432_TCP_PROTO: 'tcp',
  REGISTRY_DB_PORT_5432_TCP_PORT: '5432',
  REGISTRY_DB_PORT_5432_TCP_ADDR: '10.96.3.1',
};

test('a pod is planned as a kubelet makes it', (t) => {
  t.strictSame(planPod(template(), objects, pod), {
    volumes: [
      {
        name: 'config',
        files: [
          { path: 'config.yaml', text: 'C', mode: 0o644 },
          { path: 'other', text: 'O', mode: 0o644 },
        ],
        scratch: false,
        readOnly: true,
      },
      {
        name: 'source',
        files: [
          { path: '.pgpass', text: 'G', mode: 0o400 },
          { path: 'app/password', text: 'P', mode: 0o440 },
        ],
        scratch: false,
        readOnly: true,
      },
      {
        name: ACCOUNT_VOLUME,
        files: [{ path: 'token', text: 'T', mode: 0o644 }],
        scratch: false,
        readOnly: true,
      },
    ],
    init: [],
    server: {
      name: 'registry-api',
      args: ['serve', '--config=/config/config.yaml', '--name=catalog-api-0', '$(NAME)', '$(NOBODY)'],
      env: {
        ...databaseVariables,
        ...kubernetesVariables,
        NAME: 'catalog-api-0',
        LONG: 'catalog-api-0.10.96.3.1',
        PASSWORD: 'P',
      },
      mounts: [
        { name: 'config', mountPath: '/config', readOnly: true },
        { name: 'source', mountPath: '/config/registry/team', readOnly: true },
        { name: ACCOUNT_VOLUME, mountPath: ACCOUNT_PATH, readOnly: true },
      ],
      uid: 65532,
      gid: 65532,
      groups: [],
      readOnlyRoot: false,
      noNewPrivileges: false,
    },
    readiness: { path: '/readiness', port: 8081 },
    preStopSeconds: 0,
    graceSeconds: 30,
    fsGroup: undefined,
  });
  t.end();
});

test('what a pod says otherwise is followed', (t) => {
  const plan = planPod(
    template(
      {
        enableServiceLinks: false,
        automountServiceAccountToken: false,
        terminationGracePeriodSeconds: 65,
        securityContext: { runAsUser: 1000, fsGroup: 1001, supplementalGroups: [1002] },
        initContainers: [{ name: 'setup', command: ['sh', '-c', 'true'] }],
        volumes: [
          { name: 'config', emptyDir: {} },
          { name: 'source', persistentVolumeClaim: { claimName: 'catalogs', readOnly: true } },
          { name: 'disk', persistentVolumeClaim: { claimName: 'disk' } },
        ],
      },
      {
        env: [],
        args: [],
        lifecycle: { preStop: { sleep: { seconds: 5 } } },
        readinessProbe: { httpGet: { port: 'health' } },
        ports: [{ name: 'health', containerPort: 9081 }],
        securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, runAsGroup: 7 },
      },
    ),
    objects,
    pod,
  );
  const process = { uid: 1000, gid: 65532, groups: [1001, 1002], args: [], env: kubernetesVariables };
  t.strictSame(plan, {
    volumes: [
      { name: 'config', files: [], scratch: true, readOnly: false },
      {
        name: 'source',
        files: [{ path: 'stable/registry.json', text: '{}', mode: 0o644 }],
        scratch: false,
        readOnly: true,
      },
      { name: 'disk', files: [], folder: '/srv/disk', scratch: false, readOnly: false },
    ],
    init: [
      {
        ...process,
        name: 'setup',
        command: ['sh', '-c', 'true'],
        mounts: [],
        readOnlyRoot: false,
        noNewPrivileges: false,
      },
    ],
    server: {
      ...process,
      name: 'registry-api',
      gid: 7,
      mounts: [
        { name: 'config', mountPath: '/config', readOnly: true },
        { name: 'source', mountPath: '/config/registry/team', readOnly: true },
      ],
      readOnlyRoot: true,
      noNewPrivileges: true,
    },
    readiness: { path: '/', port: 9081 },
    preStopSeconds: 5,
    graceSeconds: 65,
    fsGroup: 1001,
  });
  t.end();
});

test('a pod that a kubelet does not start is not started', (t) => {
  const cases = [
    {
      volume: { configMap: { name: 'gone' } },
      message: 'MountVolume.SetUp failed for volume "config" : configmap "gone" not found',
      reason: 'an object that is absent',
    },
    {
      volume: { secret: { secretName: 'database', items: [{ key: 'gone', path: 'gone' }] } },
      message: 'MountVolume.SetUp failed for volume "config" : references non-existent secret key: gone',
      reason: 'a key that is absent',
    },
    {
      volume: { persistentVolumeClaim: { claimName: 'gone' } },
      message: 'MountVolume.SetUp failed for volume "config" : persistentvolumeclaim "gone" not found',
      reason: 'a claim that is absent',
    },
    {
      env: { name: 'A', valueFrom: { secretKeyRef: { name: 'database', key: 'gone' } } },
      message: `couldn't find key gone in secret "database"`,
      reason: 'a variable from a key that is absent',
    },
  ];
  for (const { volume, env, message, reason } of cases) {
    const spec = volume ? { volumes: [{ name: 'config', ...volume }] } : {};
    const server = env ? { env: [env] } : {};
    t.throws(() => planPod(template(spec, server), objects, pod), new PodProblem(message), reason);
  }
  const optional = [{ name: 'config', configMap: { name: 'gone', optional: true } }];
  t.strictSame(
    planPod(template({ volumes: optional, automountServiceAccountToken: false }), objects, pod).volumes,
    [{ name: 'config', files: [], scratch: false, readOnly: true }],
    'what is optional may be absent',
  );
  t.end();
});
