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
]);
