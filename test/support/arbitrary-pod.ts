import fc from 'fast-check';

/** Parts of pods as users write them, free of what the hook itself puts there. */

const label = fc.stringMatching(/^[a-z]([a-z0-9]{0,8}[a-z0-9])?$/);
const value = fc.string({ maxLength: 20 });
const quantity = fc.constantFrom('1000m', '0.5', '2', 2, '1024Mi', '1Gi', '1e3', '100M');
const some = { maxLength: 3 };
const optional: { requiredKeys: []; noNullPrototype: true } = { requiredKeys: [], noNullPrototype: true };
const labels = fc.dictionary(label, label, { maxKeys: 3, noNullPrototype: true });

/** Names that start so are the user's; those of the hook never do. */
const userName = fc.constantFrom('mine', 'mine-too', 'mine-as-well');

const volumeSource = fc.oneof(
  fc.constant({ emptyDir: {} }),
  quantity.map((sizeLimit) => ({ emptyDir: { medium: 'Memory', sizeLimit } })),
  label.map((secretName) => ({ secret: { secretName, defaultMode: 0o440 } })),
  label.map((name) => ({ configMap: { name, items: [{ key: 'a', path: 'b' }] } })),
  label.map((claimName) => ({ persistentVolumeClaim: { claimName } })),
);

const volume = (name: fc.Arbitrary<string>) =>
  fc.tuple(name, volumeSource).map(([name, source]) => ({ name, ...source }));

export const userVolume = volume(userName);

export const userVolumeMount = fc.record(
  {
    name: userName,
    mountPath: userName.map((name) => `/mnt/${name}`),
    readOnly: fc.boolean(),
    subPath: label,
  },
  { requiredKeys: ['name', 'mountPath'], noNullPrototype: true },
);

const env = fc.oneof(
  fc.record({ name: label, value }, { noNullPrototype: true }),
  label.map((name) => ({ name, valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } })),
  fc.constant({ name: 'THV_REGISTRY_WATCH_NAMESPACE', $patch: 'delete' }),
);

const container = (name: fc.Arbitrary<string>) =>
  fc.record(
    {
      name,
      image: label,
      args: fc.array(value, some),
      env: fc.uniqueArray(env, { ...some, selector: (variable) => variable.name }),
      resources: fc.record(
        {
          requests: fc.dictionary(fc.constantFrom('cpu', 'memory'), quantity, { noNullPrototype: true }),
          limits: fc.option(fc.constant({ cpu: null, memory: '1Gi' })),
        },
        optional,
      ),
      livenessProbe: fc.constantFrom(
        null,
        { periodSeconds: 30 },
        { httpGet: null, tcpSocket: { port: 'http' } },
      ),
      securityContext: fc.record({ runAsUser: fc.nat(), readOnlyRootFilesystem: fc.boolean() }, optional),
    },
    { requiredKeys: ['name', 'image'], noNullPrototype: true },
  );

const toleration = fc.record(
  { key: label, operator: fc.constant('Exists'), tolerationSeconds: fc.nat() },
  { requiredKeys: ['key'], noNullPrototype: true },
);

/** Strategic merge patches for a pod template that leave a registry server whole. */
export const podTemplate = fc.record(
  {
    metadata: fc.record({ labels, annotations: labels }, optional),
    spec: fc.record(
      {
        containers: fc
          .tuple(container(fc.constant('registry-api')), container(fc.constant('sidecar')), fc.nat(3))
          .map(([main, sidecar, which]) => [...(which & 1 ? [main] : []), ...(which & 2 ? [sidecar] : [])]),
        initContainers: fc.uniqueArray(container(fc.constantFrom('first', 'second')), {
          ...some,
          selector: ({ name }) => name,
        }),
        volumes: fc.uniqueArray(volume(fc.constantFrom('extra', 'another')), {
          ...some,
          selector: ({ name }) => name,
        }),
        nodeSelector: fc.option(labels),
        tolerations: fc.array(toleration, some),
        securityContext: fc.record(
          { fsGroup: fc.nat(), $patch: fc.constantFrom('merge', 'replace') },
          optional,
        ),
        terminationGracePeriodSeconds: fc.nat(),
        hostNetwork: fc.boolean(),
      },
      optional,
    ),
  },
  optional,
);
