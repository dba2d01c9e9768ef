import { test } from 'tap';
import { buildDesired } from '../../../hooks/desired.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { context } from '../../support/requests.ts';

const identity = { name: 'a', namespace: 'n' };
const source = { name: 's', configMapRef: { name: 'c', key: 'k' } };
const base = { sources: [source], registries: [{ name: 'all', sources: ['s'] }] };
const pod = (spec: object, metadata: object = {}) => ({ ...base, podTemplateSpec: { metadata, spec } });
const container = (fields: object) => pod({ containers: [{ name: 'registry-api', ...fields }] });
const sidecar = (fields: object) => pod({ containers: [{ name: 'side', image: 'i', ...fields }] });
const mounts = (...volumeMounts: object[]) => ({
  ...base,
  volumes: [{ name: 'v', emptyDir: {} }],
  volumeMounts,
});
const ROOT = 'spec.podTemplateSpec';
const label = 'must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends';

const cases: { spec: object; field: string; message: string; reason: string }[] = [
  {
    spec: pod({}, { labels: { 'app.kubernetes.io/name': 'other' } }),
    field: `${ROOT}.metadata.labels.app.kubernetes.io/name`,
    message: 'must stay "a-api", since the Deployment and the Service select pods by it: take it out',
    reason: 'another selector label',
  },
  {
    spec: container({ ports: [{ containerPort: 8080, name: 'web' }] }),
    field: `${ROOT}.spec.containers[0].ports`,
    message: 'must keep a port named "http", which the Service leads to, found "web": name it so',
    reason: 'the port of the Service under another name',
  },
  {
    spec: container({
      ports: [
        { containerPort: 53, name: 'u', protocol: 'UDP' },
        { containerPort: 53, name: 't' },
      ],
    }),
    field: `${ROOT}.spec.containers[0].ports`,
    message: 'must not name the port 53 twice: dynamic apply tells ports apart by their number alone',
    reason: 'one port of two protocols',
  },
  {
    spec: pod({
      containers: [
        { name: 'registry-api', $patch: 'delete' },
        { name: 'side', image: 'i' },
      ],
    }),
    field: `${ROOT}.spec.containers`,
    message: 'must keep the container registry-api: the registry server does not run without it',
    reason: 'the registry server taken out',
  },
  {
    spec: {
      ...pod({ initContainers: [{ name: 'setup-pgpass', $patch: 'delete' }] }),
      pgpassSecretRef: { name: 'p', key: 'k' },
    },
    field: `${ROOT}.spec.initContainers`,
    message: 'must keep the container setup-pgpass: the registry server does not run without it',
    reason: 'nobody to prepare the pgpass file',
  },
  {
    spec: pod({}, { annotations: { 'toolhive.stacklok.dev/config-hash': null } }),
    field: `${ROOT}.metadata.annotations.toolhive.stacklok.dev/config-hash`,
    message: 'must stay as it is, since it makes pods anew when the configuration changes: take it out',
    reason: 'pods that would keep an old configuration',
  },
  {
    spec: container({ readinessProbe: { tcpSocket: { port: 8081 } } }),
    field: `${ROOT}.spec.containers[0].readinessProbe`,
    message: 'may have one of httpGet and tcpSocket: set the other to null',
    reason: 'two handlers of a probe',
  },
  {
    spec: {
      ...container({ env: [{ name: 'THV_REGISTRY_DATABASE_PASSWORD', value: 'x' }] }),
      databaseConfig: { dbAppUserPasswordSecretRef: { name: 's', key: 'k' } },
    },
    field: `${ROOT}.spec.containers[0].env[name=THV_REGISTRY_DATABASE_PASSWORD]`,
    message: 'may have one of valueFrom and value: set the other to null',
    reason: 'a variable of two values',
  },
  {
    spec: { ...base, volumes: [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }] },
    field: 'spec.volumes[0]',
    message: 'may have one of emptyDir and configMap: set the other to null',
    reason: 'a volume of two kinds',
  },
  {
    spec: container({ ports: [{ containerPort: 9090, name: 'http' }] }),
    field: `${ROOT}.spec.containers[0].ports`,
    message:
      'must keep 8080 for the port http, which the server listens on, found 9090: change its args as well',
    reason: 'a port that nobody listens on',
  },
  {
    spec: sidecar({ image: undefined }),
    field: `${ROOT}.spec.containers[0].image`,
    message: 'is required: name the image of the container',
    reason: 'a sidecar without an image',
  },
  {
    spec: sidecar({ name: 'Side_Car' }),
    field: `${ROOT}.spec.containers[0].name`,
    message: `${label}, found "Side_Car"`,
    reason: 'a name that the API server refuses',
  },
  {
    spec: pod({ initContainers: [{ name: 'registry-api', image: 'i' }] }),
    field: `${ROOT}.spec.containers`,
    message: 'must have different names, found registry-api twice',
    reason: 'two containers of one name',
  },
  {
    spec: pod({ restartPolicy: 'Never' }),
    field: `${ROOT}.spec.restartPolicy`,
    message: 'must be Always in a Deployment, found "Never"',
    reason: 'a policy that a Deployment does not have',
  },
  {
    spec: pod({ activeDeadlineSeconds: 5 }),
    field: `${ROOT}.spec.activeDeadlineSeconds`,
    message: 'has no place in a Deployment: take it out',
    reason: 'a deadline that a Deployment does not have',
  },
  {
    spec: pod({ volumes: [{ name: 'source-s', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }] }),
    field: `${ROOT}.spec.volumes[0]`,
    message:
      'must leave the volume source-s as it is, which holds what the registry server reads: give yours another name',
    reason: 'a volume of ours with another source',
  },
  {
    spec: pod({ volumes: [{ name: 'source-s', configMap: { items: [{ key: 'k', path: 'other' }] } }] }),
    field: `${ROOT}.spec.volumes[0]`,
    message:
      'must leave the volume source-s as it is, which holds what the registry server reads: give yours another name',
    reason: 'a volume of ours with other items',
  },
  {
    spec: { ...base, volumes: [{ name: 'source-s', emptyDir: {} }] },
    field: 'spec.volumes[0].name',
    message: 'is taken by a volume of the registry\'s own, "source-s": give yours another name',
    reason: 'a volume with the name of ours',
  },
  ...[
    '/config',
    '/config/',
    '/config/config.yaml',
    '/config/registry/s',
    '/config/registry/s/registry.json',
    '/',
  ].map((mountPath) => {
    const path = mountPath === '/' ? mountPath : mountPath.replace(/\/$/, '');
    const twice = path === '/config' || path === '/config/registry/s';
    return {
      spec: mounts({ name: 'v', mountPath }),
      field: 'spec.volumeMounts[0]',
      message: twice
        ? `mounts at ${path}, where something is mounted already: choose another path`
        : `mounts at ${path}, where the registry server finds its configuration: choose another path`,
      reason: `a mount at ${mountPath}, over ours`,
    };
  }),
  {
    spec: mounts({ name: 'v', mountPath: '/x' }, { name: 'v', mountPath: '/x/' }),
    field: 'spec.volumeMounts[1]',
    message: 'mounts at /x, where something is mounted already: choose another path',
    reason: 'one path written in two ways',
  },
  {
    spec: container({
      volumeMounts: [{ name: 'registry-server-config', mountPath: '/config', subPath: 'x' }],
    }),
    field: `${ROOT}.spec.containers[0].volumeMounts`,
    message: 'mounts at /config, where the registry server finds its configuration: choose another path',
    reason: 'our mount, shown from somewhere else',
  },
  {
    spec: mounts({ name: 'w', mountPath: '/x' }),
    field: 'spec.volumeMounts[0]',
    message:
      'names the volume "w" at /x, which the pod does not have: add it to spec.volumes or spec.podTemplateSpec.spec.volumes',
    reason: 'a mount of no volume',
  },
];

for (const { spec, field, message, reason } of cases) {
  test(`${reason}: refused`, async (t) => {
    const { problems } = buildDesired(identity, deepFreeze(structuredClone(spec)), context.defaults);
    t.strictSame(problems, [{ field, message }]);
  });
}

const accepted = [
  {
    spec: mounts({ name: 'v', mountPath: '/data' }),
    mount: { mountPath: '/data', name: 'v' },
    reason: 'a volume in place of the scratch space',
  },
  {
    spec: {
      ...container({ volumeMounts: [{ name: 'v', mountPath: '/tmp' }] }),
      volumes: [{ name: 'v', emptyDir: { sizeLimit: '1024Mi' } }],
    },
    mount: { mountPath: '/tmp', name: 'v' },
    reason: 'the same by a pod template',
  },
  {
    spec: mounts({ name: 'v', mountPath: '/config/extra' }),
    mount: { mountPath: '/config/extra', name: 'v' },
    reason: 'a place beside our files',
  },
];

for (const { spec, mount, reason } of accepted) {
  test(`${reason}: accepted`, async (t) => {
    const { children } = buildDesired(identity, deepFreeze(structuredClone(spec)), context.defaults);
    const { template } = children?.byKind.Deployment.spec ?? {};
    const mounted = template?.spec?.containers[0]?.volumeMounts ?? [];
    const found = mounted.filter(({ mountPath }) => mountPath === mount.mountPath);
    t.strictSame(found, [mount]);
  });
}

test('what is wrong in the pod template is told along with what is wrong elsewhere', async (t) => {
  const spec = {
    registries: [{ name: 'A B', configMapRef: { name: 'c', key: 'k' } }],
    podTemplateSpec: { metadata: { labels: { 'app.kubernetes.io/name': 'other' } } },
  };
  const { problems = [] } = buildDesired(identity, deepFreeze(spec), context.defaults);
  t.strictSame(
    problems.map(({ field }) => field),
    ['spec.registries[0].name', `${ROOT}.metadata.labels.app.kubernetes.io/name`],
  );
});
