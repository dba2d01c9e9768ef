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
    message:
      'must be "a-api", because the Deployment and the Service select pods by it: do not change or delete it',
    reason: 'another selector label',
  },
  {
    spec: container({ ports: [{ containerPort: 8080, name: 'web' }] }),
    field: `${ROOT}.spec.containers[0].ports`,
    message:
      'must have a port named "http", which the Service routes to, found "web, internal": give the port of the registry API this name',
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
    message:
      'must list the port 53 only once, because dynamic apply identifies ports by number alone: remove one of the two',
    reason: 'one port with two protocols',
  },
  {
    spec: pod({
      containers: [
        { name: 'registry-api', $patch: 'delete' },
        { name: 'side', image: 'i' },
      ],
    }),
    field: `${ROOT}.spec.containers`,
    message:
      'must keep the container registry-api, which the registry server needs: neither delete it nor replace the list',
    reason: 'the registry server deleted',
  },
  {
    spec: {
      ...pod({ initContainers: [{ name: 'setup-pgpass', $patch: 'delete' }] }),
      pgpassSecretRef: { name: 'p', key: 'k' },
    },
    field: `${ROOT}.spec.initContainers`,
    message:
      'must keep the container setup-pgpass, which the registry server needs: neither delete it nor replace the list',
    reason: 'the container that prepares the pgpass file deleted',
  },
  {
    spec: pod({}, { annotations: { 'toolhive.stacklok.dev/config-hash': null } }),
    field: `${ROOT}.metadata.annotations.toolhive.stacklok.dev/config-hash`,
    message:
      'must stay as it is, because it replaces the pods when the configuration changes: do not change or delete it',
    reason: 'pods that would keep an old configuration',
  },
  {
    spec: container({ readinessProbe: { tcpSocket: { port: 8081 } } }),
    field: `${ROOT}.spec.containers[0].readinessProbe`,
    message: 'must have only one of httpGet and tcpSocket: set the other to null',
    reason: 'two handlers in a probe',
  },
  {
    spec: container({
      lifecycle: { preStop: { exec: { command: ['x'] }, httpGet: { port: 8080 } } },
    }),
    field: `${ROOT}.spec.containers[0].lifecycle.preStop`,
    message: 'must have only one of exec and httpGet: set the other to null',
    reason: 'two handlers in a lifecycle hook; ours is gone',
  },
  {
    spec: sidecar({ lifecycle: { postStart: { exec: { command: ['x'] }, sleep: { seconds: 1 } } } }),
    field: `${ROOT}.spec.containers[0].lifecycle.postStart`,
    message: 'must have only one of exec and sleep: set the other to null',
    reason: 'two handlers in a lifecycle hook of a sidecar',
  },
  {
    spec: container({ lifecycle: { preStop: { sleep: null } } }),
    field: `${ROOT}.spec.containers[0].lifecycle.preStop`,
    message: 'must have one of exec, httpGet, tcpSocket and sleep: set one, or set the hook itself to null',
    reason: 'a lifecycle hook without a handler',
  },
  {
    spec: container({ lifecycle: { preStop: { sleep: { seconds: 66 } } } }),
    field: `${ROOT}.spec.containers[0].lifecycle.preStop.sleep.seconds`,
    message:
      'must be at most terminationGracePeriodSeconds, which is 65, found 66: shorten the sleep or give the pod more time',
    reason: 'a sleep that outlasts the pod',
  },
  {
    spec: pod({
      terminationGracePeriodSeconds: null,
      initContainers: [
        {
          name: 'side',
          image: 'i',
          restartPolicy: 'Always',
          lifecycle: { preStop: { sleep: { seconds: 31 } } },
        },
      ],
    }),
    field: `${ROOT}.spec.initContainers[0].lifecycle.preStop.sleep.seconds`,
    message:
      'must be at most terminationGracePeriodSeconds, which is 30, found 31: shorten the sleep or give the pod more time',
    reason: 'a sleep that outlasts a pod with the default time',
  },
  {
    spec: {
      ...container({ env: [{ name: 'THV_REGISTRY_DATABASE_PASSWORD', value: 'x' }] }),
      databaseConfig: { dbAppUserPasswordSecretRef: { name: 's', key: 'k' } },
    },
    field: `${ROOT}.spec.containers[0].env[name=THV_REGISTRY_DATABASE_PASSWORD]`,
    message: 'must have only one of value and valueFrom: set the other to null',
    reason: 'a variable with two values',
  },
  {
    spec: { ...base, volumes: [{ name: 'v', emptyDir: {}, configMap: { name: 'c' } }] },
    field: 'spec.volumes[0]',
    message: 'must have only one of configMap and emptyDir: set the other to null',
    reason: 'a volume with two sources',
  },
  {
    spec: container({ ports: [{ containerPort: 9090, name: 'http' }] }),
    field: `${ROOT}.spec.containers[0].ports`,
    message:
      'must have 8080 as the port named "http", because the server listens on it, found 9090: correct the port, or change the args of the container as well',
    reason: 'a port that the server does not listen on',
  },
  {
    spec: sidecar({ image: undefined }),
    field: `${ROOT}.spec.containers[0].image`,
    message: 'is required: set the image of the container',
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
    message: 'must have unique names, found registry-api twice: rename one of the two',
    reason: 'two containers with one name',
  },
  {
    spec: pod({ restartPolicy: 'Never' }),
    field: `${ROOT}.spec.restartPolicy`,
    message: 'must be Always in a Deployment, found "Never": remove it',
    reason: 'a policy that a Deployment does not allow',
  },
  {
    spec: pod({ activeDeadlineSeconds: 5 }),
    field: `${ROOT}.spec.activeDeadlineSeconds`,
    message: 'is not allowed in a Deployment: remove it',
    reason: 'a deadline that a Deployment does not allow',
  },
  {
    spec: pod({ volumes: [{ name: 'source-s', $retainKeys: ['name', 'emptyDir'], emptyDir: {} }] }),
    field: `${ROOT}.spec.volumes[0]`,
    message:
      'must not change or delete the volume source-s, which the registry needs: choose another name for a volume of your own',
    reason: 'another source in a volume of ours',
  },
  {
    spec: pod({ volumes: [{ name: 'source-s', configMap: { items: [{ key: 'k', path: 'other' }] } }] }),
    field: `${ROOT}.spec.volumes[0]`,
    message:
      'must not change or delete the volume source-s, which the registry needs: choose another name for a volume of your own',
    reason: 'other items in a volume of ours',
  },
  {
    spec: { ...base, volumes: [{ name: 'source-s', emptyDir: {} }] },
    field: 'spec.volumes[0].name',
    message: 'must not be "source-s", which is a volume that the registry needs: choose another name',
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
        ? `must not mount at ${path}, where a volume is mounted already: choose another path`
        : `must not mount at ${path}, because that hides files which the registry server reads: choose another path`,
      reason: `a mount at ${mountPath}, over ours`,
    };
  }),
  {
    spec: mounts({ name: 'v', mountPath: '/x' }, { name: 'v', mountPath: '/x/' }),
    field: 'spec.volumeMounts[1]',
    message: 'must not mount at /x, where a volume is mounted already: choose another path',
    reason: 'one path in two spellings',
  },
  {
    spec: container({
      volumeMounts: [{ name: 'registry-server-config', mountPath: '/config', subPath: 'x' }],
    }),
    field: `${ROOT}.spec.containers[0].volumeMounts`,
    message:
      'must not mount at /config, because that hides files which the registry server reads: choose another path',
    reason: 'another sub path in our mount',
  },
  {
    spec: container({ volumeMounts: [{ mountPath: '/config', $patch: 'delete' }] }),
    field: `${ROOT}.spec.containers`,
    message:
      'must keep the mount of registry-server-config at /config, where the registry server reads its files: do not delete the mount',
    reason: 'our mount deleted',
  },
  {
    spec: mounts({ name: 'v', mountPath: '' }),
    field: 'spec.volumeMounts[0].mountPath',
    message: 'is required: give it a value',
    reason: 'a mount with an empty path',
  },
  {
    spec: { ...base, volumes: [{ name: 'v', hostPath: { path: '' } }] },
    field: 'spec.volumes[0].hostPath.path',
    message: 'is required: give it a value',
    reason: 'a volume with an empty path',
  },
  {
    spec: mounts({ name: 'w', mountPath: '/x' }),
    field: 'spec.volumeMounts[0]',
    message:
      'must not mount the volume "w" at /x, because the pod has no such volume: add it to spec.volumes or spec.podTemplateSpec.spec.volumes',
    reason: 'a mount of a volume that does not exist',
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
    reason: 'the same in a pod template',
  },
  {
    spec: mounts({ name: 'v', mountPath: '/config/extra' }),
    mount: { mountPath: '/config/extra', name: 'v' },
    reason: 'a mount beside our files',
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

test('mistakes in the pod template are reported together with mistakes elsewhere', async (t) => {
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

const port = {
  field: 'spec.databaseConfig.port',
  message: 'must be a whole number from 1 to 65535, found 0',
};
const noSource = {
  field: 'spec.sources[0]',
  message:
    'must have exactly one of configMapRef, git, api, url, pvcRef, inline, managed, kubernetes, found none',
};
const noImage = (list: string) => ({
  field: `${ROOT}.spec.${list}[0].image`,
  message: 'is required: set the image of the container',
});
const noVolume = {
  field: `${ROOT}.spec.containers[0].volumeMounts`,
  message:
    'must not mount the volume "w" at /w, because the pod has no such volume: add it to spec.volumes or spec.podTemplateSpec.spec.volumes',
};
const mounting = (name: string) => sidecar({ volumeMounts: [{ name, mountPath: `/${name}` }] });
const databaseConfig = { port: 0 };
const pgpassSecretRef = { name: 'p', key: 'k' };
const setup = pod({ initContainers: [{ name: 'setup-pgpass', resources: { limits: { cpu: '1' } } }] });

/** A spec that has a mistake elsewhere: the template is judged by what could be read. */
const alongside = [
  {
    spec: { ...mounting('v'), volumes: [{ name: 'v', emptyDir: {} }], databaseConfig },
    problems: [port],
    reason: 'a mount of a volume of the spec',
  },
  {
    spec: { ...mounting('source-s'), databaseConfig },
    problems: [port],
    reason: 'a mount of a volume of a source',
  },
  {
    spec: { ...setup, pgpassSecretRef, databaseConfig },
    problems: [port],
    reason: 'a patch of our init container',
  },
  {
    spec: { ...setup, databaseConfig },
    problems: [port, noImage('initContainers')],
    reason: 'a patch of an init container that the spec does not ask for, which is one more mistake',
  },
  {
    spec: { ...setup, pgpassSecretRef: { name: 'p' } },
    problems: [
      {
        field: 'spec.pgpassSecretRef.key',
        message: 'is required: set it to a key of its data (letters, digits, "-", "_" and ".")',
      },
    ],
    reason: 'a patch of our init container, whose Secret is not known',
  },
  {
    spec: { ...mounting('pgpass'), pgpassSecretRef: { name: 'p' } },
    problems: [
      {
        field: 'spec.pgpassSecretRef.key',
        message: 'is required: set it to a key of its data (letters, digits, "-", "_" and ".")',
      },
    ],
    reason: 'a mount of a volume that comes with the Secret',
  },
  {
    spec: { ...mounting('source-s'), sources: [{ name: 's' }] },
    problems: [noSource],
    reason: 'a mount of the volume of a source that is wrong',
  },
  {
    spec: {
      ...pod({ volumes: [{ name: 'claim-c', persistentVolumeClaim: { readOnly: false } }] }),
      sources: [{ name: 's' }],
    },
    problems: [noSource],
    reason: 'a patch of a volume that a wrong source may ask for',
  },
  {
    spec: { ...mounting('v'), volumes: [{ name: 'v', emptyDir: { sizeLimit: 'much' } }] },
    problems: [
      {
        field: 'spec.volumes[0].emptyDir.sizeLimit',
        message: 'must be a quantity such as 500m, 2 or 1Gi, found "much"',
      },
    ],
    reason: 'a mount of a volume that is wrong',
  },
  {
    spec: { ...mounting('w'), databaseConfig },
    problems: [port, noVolume],
    reason: 'a mount of a volume that is nowhere, which is one more mistake',
  },
  {
    spec: { ...sidecar({ image: undefined }), sources: [{ name: 's' }] },
    problems: [noSource, noImage('containers')],
    reason: 'a sidecar without an image, which no source would give it',
  },
  {
    spec: { ...pod({}, { annotations: { 'toolhive.stacklok.dev/config-hash': 'x' } }), databaseConfig },
    problems: [port],
    reason: 'the hash of a configuration that is not known',
  },
  {
    spec: { configYAML: '- a', podTemplateSpec: mounting('w').podTemplateSpec },
    problems: [
      {
        field: 'spec.configYAML',
        message: 'must be a YAML mapping, such as "sources: […]" with further keys below it',
      },
      noVolume,
    ],
    reason: 'a configuration of the user says nothing of the pod',
  },
  {
    spec: { podTemplateSpec: mounting('source-s').podTemplateSpec },
    problems: [
      { field: 'spec', message: 'says nothing to serve: set configYAML, or sources and registries' },
    ],
    reason: 'nothing says which volumes there will be',
  },
];

for (const { spec, problems, reason } of alongside) {
  test(`a mistake elsewhere, and ${reason}`, async (t) => {
    const found = buildDesired(identity, deepFreeze(structuredClone(spec)), context.defaults).problems;
    t.strictSame(found, problems);
  });
}

test('a name that is too long says nothing of the labels of the pod', async (t) => {
  const { problems = [] } = buildDesired(
    { ...identity, name: 'a'.repeat(70) },
    sidecar({}),
    context.defaults,
  );
  t.strictSame(
    problems.map(({ field }) => field),
    ['metadata.name'],
  );
});

test('a list of volumes that replaces ours is refused, and so are two volumes with one name in it', async (t) => {
  const volumes = [
    { $patch: 'replace' },
    { name: 'v', emptyDir: {} },
    { name: 'v', hostPath: { path: '/v' } },
  ];
  const spec = { ...base, podTemplateSpec: { spec: { volumes } } };
  const { problems } = buildDesired(identity, deepFreeze(spec), context.defaults);
  t.strictSame(problems, [
    {
      field: `${ROOT}.spec.containers.volumeMounts`,
      message:
        'must not mount the volume "registry-server-config" at /config, because the pod has no such volume: add it to spec.volumes or spec.podTemplateSpec.spec.volumes',
    },
    {
      field: `${ROOT}.spec.volumes`,
      message:
        'must not change or delete the volume registry-server-config, which the registry needs: choose another name for a volume of your own',
    },
    {
      field: `${ROOT}.spec.volumes[1].name`,
      message: 'must be unique, found "v" twice: choose another name',
    },
  ]);
});

test('the field of a directive that can not be applied is named as it is written', async (t) => {
  const metadata = { '$deleteFromPrimitiveList/finalizers': 'a' };
  const { problems } = buildDesired(identity, deepFreeze(pod({}, metadata)), context.defaults);
  t.strictSame(problems, [
    { field: `${ROOT}.metadata.$deleteFromPrimitiveList/finalizers`, message: 'must be a list of values' },
  ]);
});

test('an empty path of a mount does not hide mistakes elsewhere', async (t) => {
  const spec = {
    ...container({ volumeMounts: [{ name: 'v', mountPath: '' }] }),
    registries: [{ name: 'A B', configMapRef: { name: 'c', key: 'k' } }],
    sources: [],
  };
  const { problems } = buildDesired(identity, deepFreeze(spec), context.defaults);
  const message = 'must be a name without white space and "%", which the server does not serve, found "A B"';
  t.strictSame(problems, [{ field: 'spec.registries[0].name', message }]);
});

test('a message does not depend on the order of keys', async (t) => {
  const registries = [{ name: 'all', configMapRef: { name: 'catalog', key: 'registry.json' } }];
  const [one, other] = [
    { name: 'a', emptyDir: {}, hostPath: { path: '/a' } },
    { name: 'a', hostPath: { path: '/a' }, emptyDir: {} },
  ].map((volume) => buildDesired(identity, { registries, volumes: [volume] }, context.defaults).problems);
  t.strictSame(other, one);
  t.match(one, [{ field: 'spec.volumes[0]', message: /only one of emptyDir and hostPath/ }]);
});
