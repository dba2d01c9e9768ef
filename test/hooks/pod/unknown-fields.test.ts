import { test } from 'tap';
import { podFields } from '../../../hooks/pod/pod-fields.ts';
import { type UnknownField, unknownFields } from '../../../hooks/pod/unknown-fields.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';
import { growthOf } from '../../support/growth.ts';
import { filled, type ObjectTypeName } from '../../support/pod-values.ts';

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } });
const unknown = (pointer: string, ...known: string[]): UnknownField => ({ pointer, known });

const cases: readonly {
  readonly reason: string;
  readonly type?: ObjectTypeName;
  readonly value: unknown;
  readonly found: readonly UnknownField[];
}[] = [
  { reason: 'an empty template has no unknown fields', value: {}, found: [] },
  {
    reason: 'unknown fields come in the order of the value, each beside what is known there',
    value: { z: 1, metadata: { label: {} }, a: 1 },
    found: [
      unknown('/z', 'metadata', 'spec'),
      unknown('/metadata/label', ...Object.keys(podFields.ObjectMeta)),
      unknown('/a', 'metadata', 'spec'),
    ],
  },
  {
    reason: 'nothing is said of what an unknown field holds',
    value: { pod: { containers: [{ nmae: 'a' }] } },
    found: [unknown('/pod', 'metadata', 'spec')],
  },
  {
    reason: 'items of a list are named by their index',
    value: { spec: { tolerations: [{ key: 'a' }, { key: 'b', seconds: 3 }] } },
    found: [
      unknown('/spec/tolerations/1/seconds', 'effect', 'key', 'operator', 'tolerationSeconds', 'value'),
    ],
  },
  {
    reason: 'a probe',
    value: container({ livenessProbe: { httpGet: { path: '/', prot: 80 } } }),
    found: [
      unknown(
        '/spec/containers/0/livenessProbe/httpGet/prot',
        'host',
        'httpHeaders',
        'path',
        'port',
        'scheme',
      ),
    ],
  },
  {
    reason: 'an action of a lifecycle',
    value: container({ lifecycle: { preStop: { sleep: { secs: 5 } }, postStart: { exec: { cmd: [] } } } }),
    found: [
      unknown('/spec/containers/0/lifecycle/preStop/sleep/secs', 'seconds'),
      unknown('/spec/containers/0/lifecycle/postStart/exec/cmd', 'command'),
    ],
  },
  {
    reason: 'a resize policy, which has a field of the same name as the container',
    value: container({
      resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'NotRequired', restart: true }],
    }),
    found: [unknown('/spec/containers/0/resizePolicy/0/restart', 'resourceName', 'restartPolicy')],
  },
  {
    reason: 'where a variable comes from',
    value: container({
      env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 's', key: 'k', file: 'f' } } }],
    }),
    found: [unknown('/spec/containers/0/env/0/valueFrom/secretKeyRef/file', 'key', 'name', 'optional')],
  },
  {
    reason: 'the security contexts of a pod and of a container are different types',
    value: {
      spec: {
        securityContext: { fsGroup: 1, readOnlyRootFilesystem: true },
        containers: [{ name: 'a', securityContext: { readOnlyRootFilesystem: true, fsGroup: 1 } }],
      },
    },
    found: [
      unknown(
        '/spec/securityContext/readOnlyRootFilesystem',
        'appArmorProfile',
        'fsGroup',
        'fsGroupChangePolicy',
        'runAsGroup',
        'runAsNonRoot',
        'runAsUser',
        'seLinuxChangePolicy',
        'seLinuxOptions',
        'seccompProfile',
        'supplementalGroups',
        'supplementalGroupsPolicy',
        'sysctls',
        'windowsOptions',
      ),
      unknown(
        '/spec/containers/0/securityContext/fsGroup',
        'allowPrivilegeEscalation',
        'appArmorProfile',
        'capabilities',
        'privileged',
        'procMount',
        'readOnlyRootFilesystem',
        'runAsGroup',
        'runAsNonRoot',
        'runAsUser',
        'seLinuxOptions',
        'seccompProfile',
        'windowsOptions',
      ),
    ],
  },
  {
    reason: 'a term of an affinity',
    value: {
      spec: {
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: {
              nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', value: 'b' }] }],
            },
          },
          podAntiAffinity: {
            preferredDuringSchedulingIgnoredDuringExecution: [
              { weight: 1, podAffinityTerm: { topologyKey: 'a', labelSelector: { labels: {} } } },
            ],
          },
        },
      },
    },
    found: [
      unknown(
        '/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms/0/matchExpressions/0/value',
        'key',
        'operator',
        'values',
      ),
      unknown(
        '/spec/affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/0/podAffinityTerm/labelSelector/labels',
        'matchExpressions',
        'matchLabels',
      ),
    ],
  },
  {
    reason: 'an ephemeral container has a field more than a container',
    value: {
      spec: {
        ephemeralContainers: [{ name: 'e', targetContainerName: 'a' }],
        containers: [{ name: 'a', targetContainerName: 'a' }],
      },
    },
    found: [unknown('/spec/containers/0/targetContainerName', ...Object.keys(podFields.Container))],
  },
  {
    reason: 'each source of a projected volume',
    type: 'Volume',
    value: {
      name: 'v',
      projected: {
        sources: [
          { secret: { secretName: 's' } },
          { configMap: { items: [{ key: 'k', file: 'f' }] } },
          { downwardAPI: { items: [{ path: 'p', fieldRef: { field: 'f' } }] } },
          { serviceAccountToken: { path: 'p', seconds: 1 } },
          { clusterTrustBundle: { path: 'p', signer: 's' } },
          { podCertificate: { keyType: 'k', signer: 's' } },
          { hostPath: {} },
        ],
      },
    },
    found: [
      unknown('/projected/sources/0/secret/secretName', 'items', 'name', 'optional'),
      unknown('/projected/sources/1/configMap/items/0/file', 'key', 'mode', 'path'),
      unknown('/projected/sources/2/downwardAPI/items/0/fieldRef/field', 'apiVersion', 'fieldPath'),
      unknown('/projected/sources/3/serviceAccountToken/seconds', 'audience', 'expirationSeconds', 'path'),
      unknown(
        '/projected/sources/4/clusterTrustBundle/signer',
        'labelSelector',
        'name',
        'optional',
        'path',
        'signerName',
      ),
      unknown(
        '/projected/sources/5/podCertificate/signer',
        'certificateChainPath',
        'credentialBundlePath',
        'keyPath',
        'keyType',
        'maxExpirationSeconds',
        'signerName',
        'userAnnotations',
      ),
      unknown(
        '/projected/sources/6/hostPath',
        'clusterTrustBundle',
        'configMap',
        'downwardAPI',
        'podCertificate',
        'secret',
        'serviceAccountToken',
      ),
    ],
  },
  {
    reason: 'the claim template of an ephemeral volume',
    type: 'Volume',
    value: {
      name: 'v',
      ephemeral: {
        volumeClaimTemplate: { spec: { resources: { requests: { storage: '1Gi' }, claims: [] } } },
      },
    },
    found: [unknown('/ephemeral/volumeClaimTemplate/spec/resources/claims', 'limits', 'requests')],
  },
  {
    reason: 'a mount of a volume',
    type: 'VolumeMount',
    value: { name: 'v', mountPath: '/v', subpath: 'a' },
    found: [unknown('/subpath', ...Object.keys(podFields.VolumeMount))],
  },
  {
    reason: 'the keys of a map are free',
    value: {
      metadata: { labels: { a: '1' }, annotations: { b: '2' } },
      spec: {
        nodeSelector: { c: '3' },
        overhead: { cpu: 1 },
        containers: [{ name: 'a', resources: { limits: { cpu: 1 }, requests: { memory: '1Gi' } } }],
        volumes: [
          { name: 'v', csi: { driver: 'd', volumeAttributes: { d: '4' } } },
          { name: 'w', flexVolume: { driver: 'd', options: { e: '5' } } },
        ],
        topologySpreadConstraints: [{ labelSelector: { matchLabels: { f: '6' } } }],
      },
    },
    found: [],
  },
  {
    reason: 'a free-form object is not looked into',
    value: { metadata: { managedFields: [{ fieldsV1: { 'f:spec': { 'f:x': {} } } }] } },
    found: [],
  },
  {
    reason: 'directives of a patch are no fields',
    value: {
      $patch: 'replace',
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      spec: { '$setElementOrder/containers': [{ name: 'a' }], volumes: [{ $retainKeys: ['a'], name: 'v' }] },
    },
    found: [],
  },
  {
    reason: 'an unknown field whose name each JavaScript object or list has',
    value: JSON.parse('{"metadata":{},"constructor":{},"__proto__":{},"toString":1,"length":2}'),
    found: ['constructor', '__proto__', 'toString', 'length'].map((name) =>
      unknown(`/${name}`, 'metadata', 'spec'),
    ),
  },
  {
    reason: 'a name is escaped in the pointer',
    value: { 'example.com/a~b': '1' },
    found: [unknown('/example.com~1a~0b', 'metadata', 'spec')],
  },
  ...['text', 7, true, null, [], [{ a: 1 }]].map((value) => ({
    reason: `${JSON.stringify(value)} is no object, which the validator says`,
    value,
    found: [],
  })),
  {
    reason: 'what is of another type than its field is not looked into',
    value: {
      metadata: [{ a: 1 }],
      spec: {
        hostname: { a: 1 },
        containers: { a: { b: 1 } },
        dnsPolicy: [{ a: 1 }],
        volumes: [[{ a: 1 }], 'v'],
      },
    },
    found: [],
  },
];

for (const { reason, type = 'PodTemplateSpec', value, found } of deepFreeze(cases)) {
  test(reason, async (t) => {
    t.strictSame(unknownFields(value, type, true), found);
  });
}

const volumeKinds: readonly string[] = [
  ...[
    'awsElasticBlockStore',
    'azureDisk',
    'azureFile',
    'cephfs',
    'cinder',
    'configMap',
    'csi',
    'downwardAPI',
  ],
  ...['emptyDir', 'ephemeral', 'fc', 'flexVolume', 'flocker', 'gcePersistentDisk', 'gitRepo', 'glusterfs'],
  ...['hostPath', 'image', 'iscsi', 'nfs', 'persistentVolumeClaim', 'photonPersistentDisk', 'portworxVolume'],
  ...['projected', 'quobyte', 'rbd', 'scaleIO', 'secret', 'storageos', 'vsphereVolume'],
];

test('each kind of volume is known, with its fields', async (t) => {
  t.strictSame([...volumeKinds, 'name'].sort(), Object.keys(podFields.Volume));
  for (const kind of volumeKinds) {
    const found = unknownFields({ name: 'v', [kind]: { unheardOf: 1 } }, 'Volume', false);
    t.match(found, [{ pointer: `/${kind}/unheardOf`, known: [/./] }], kind);
    t.equal(found.length, 1, kind);
  }
});

for (const type of ['PodTemplateSpec', 'Volume', 'VolumeMount'] as const) {
  test(`a ${type} with all fields has none that is unknown, and one more in each object is found there`, async (t) => {
    t.strictSame(unknownFields(filled(type), type, false), []);
    const expected: UnknownField[] = [];
    const value = filled(type, (object, name, pointer) => {
      expected.push({ pointer: `${pointer}/unheardOf`, known: Object.keys(podFields[name]) });
      return { ...object, unheardOf: 1 };
    });
    t.strictSame(unknownFields(value, type, false), expected);
  });
}

test('no depth is too much where the keys are free', async (t) => {
  let deep: unknown = {};
  for (let level = 0; level < 100_000; level += 1) deep = { deep };
  const value = { metadata: { labels: { deep }, managedFields: [{ fieldsV1: deep }] }, deep };
  t.strictSame(unknownFields(value, 'PodTemplateSpec', false), [unknown('/deep', 'metadata', 'spec')]);
});

test('the time grows with the value, not with its square', async (t) => {
  const containers = (count: number) => ({
    spec: {
      containers: Array.from({ length: count }, (_, index) => ({ name: `c${index}`, [`x${index}`]: 1 })),
    },
  });
  t.equal(unknownFields(containers(20_000), 'PodTemplateSpec', false).length, 20_000);
  const callOf = (size: number) => {
    const value = containers(size);
    return () => unknownFields(value, 'PodTemplateSpec', false);
  };
  t.equal(growthOf(callOf, 20_000), undefined);
});

test('a directive is a field that is not known where there is no patch', async (t) => {
  const value = { name: 'v', $patch: 'delete', emptyDir: {} };
  t.strictSame(unknownFields(value, 'Volume', true), []);
  t.strictSame(
    unknownFields(value, 'Volume', false).map(({ pointer }) => pointer),
    ['/$patch'],
  );
});
