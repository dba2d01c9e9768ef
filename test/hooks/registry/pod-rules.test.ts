import { testRefusals } from '../../support/refusals.ts';

testRefusals([
  {
    spec: {
      configYAML: 'a: 1',
      volumeMounts: [
        { name: 'x', mountPath: '/x' },
        { name: 'y', mountPath: '/x' },
      ],
    },
    expected: 'spec.volumeMounts[1].mountPath: is taken by spec.volumeMounts[0]: "/x" must be unique',
    reason: 'two mounts of one place',
  },
  {
    spec: {
      configYAML: 'a: 1',
      volumes: [{ name: 'v', emptyDir: { sizeLimit: `1${'0'.repeat(64)}` } }],
      volumeMounts: [{ name: 'v', mountPath: '/v', subPath: 'a/'.repeat(2049) }],
      podTemplateSpec: {
        spec: {
          overhead: { 'example.com/a': `1${'0'.repeat(64)}` },
          containers: [
            {
              name: 'side',
              resources: { limits: { cpu: `1${'0'.repeat(300_000)}e0` } },
              volumeMounts: [{ name: 'v', mountPath: 'a/'.repeat(2049) }],
            },
          ],
        },
      },
    },
    expected: [
      'spec.volumes[0].emptyDir.sizeLimit: may have at most 64 characters, found 65: shorten it',
      'spec.volumeMounts[0].subPath: may have at most 4096 characters, found 4098: shorten it',
      'spec.podTemplateSpec.spec.overhead.example.com/a: may have at most 64 characters, found 65: shorten it',
      'spec.podTemplateSpec.spec.containers[0].resources.limits.cpu: may have at most 64 characters, found 300003: shorten it',
      'spec.podTemplateSpec.spec.containers[0].volumeMounts[0].mountPath: may have at most 4096 characters, found 4098: shorten it',
    ].join('; '),
    reason: 'quantities and paths that are longer than any can be',
  },
]);
