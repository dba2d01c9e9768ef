import { test } from 'tap';
import type { schemaProblems as Check } from '../../../hooks/pod/schema-problems.ts';
import { schemaProblems } from '../../../hooks/pod/schema-problems.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } });
const first = 'spec.podTemplateSpec.spec.containers[0]';
const tell = (...args: Parameters<typeof Check>) =>
  schemaProblems(...args).map(({ field, message }) => `${field}: ${message}`);

const patches: readonly {
  readonly reason: string;
  readonly patch: unknown;
  readonly told: readonly string[];
}[] = [
  { reason: 'an empty patch', patch: {}, told: [] },
  {
    reason: 'a quantity that is none',
    patch: container({ resources: { limits: { cpu: 'lots' } } }),
    told: [`${first}.resources.limits.cpu: must be a quantity such as 500m, 2 or 1Gi, found "lots"`],
  },
  {
    reason: 'a quantity may be a number',
    patch: container({ resources: { limits: { cpu: 2 } } }),
    told: [],
  },
  {
    reason: 'a word that is none of the allowed',
    patch: container({ imagePullPolicy: 'Sometimes' }),
    told: [`${first}.imagePullPolicy: must be one of Always, IfNotPresent, Never, found "Sometimes"`],
  },
  {
    reason: 'a number written as a string',
    patch: container({ ports: [{ containerPort: '80' }] }),
    told: [`${first}.ports[0].containerPort: must be a whole number, found "80"`],
  },
  {
    reason: 'alternatives are told in one sentence',
    patch: container({ livenessProbe: { httpGet: { port: true } } }),
    told: [`${first}.livenessProbe.httpGet.port: must be a string or a whole number, found true`],
  },
  {
    reason: 'a value of a variable that YAML took for a number',
    patch: container({ env: [{ name: 'A', value: 1 }] }),
    told: [`${first}.env[0].value: must be a string, found 1`],
  },
  {
    reason: 'a field that is misspelt is told with those beside it',
    patch: { spec: { volumes: [{ name: 'v', hostPath: { path: '/x', kind: 'File' } }] } },
    told: [
      'spec.podTemplateSpec.spec.volumes[0].hostPath.kind: is not known to Kubernetes here: allowed are path, type',
    ],
  },
  {
    reason: 'a label outside of labels keeps its slash',
    patch: { 'example.com/a': '1' },
    told: ['spec.podTemplateSpec.example.com/a: is not known to Kubernetes here: allowed are metadata, spec'],
  },
  {
    reason: 'a pod where a template is asked for',
    patch: { containers: [] },
    told: ['spec.podTemplateSpec.containers: is not known to Kubernetes here: allowed are metadata, spec'],
  },
  {
    reason: 'a list where an object is asked for, and the other way round',
    patch: { metadata: [], spec: { containers: {} } },
    told: [
      'spec.podTemplateSpec.metadata: must be an object, found a list',
      'spec.podTemplateSpec.spec.containers: must be a list, found an object',
    ],
  },
  {
    reason: 'keys of a map are free, its values are not',
    patch: { metadata: { labels: { 'example.com/a': 1, b: '1' } } },
    told: ['spec.podTemplateSpec.metadata.labels.example.com/a: must be a string, found 1'],
  },
  {
    reason: 'what a patch leaves out is somewhere else',
    patch: container({ env: [{ value: 'x' }] }),
    told: [],
  },
  {
    reason: 'null takes out a field, or a value of a map',
    patch: container({ image: null, resources: { limits: { cpu: null } } }),
    told: [],
  },
  {
    reason: 'directives are for the merge to judge',
    patch: {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      spec: { nodeSelector: { $retainKeys: ['a'], a: '1' }, volumes: [{ name: 'v', $patch: 'delete' }] },
    },
    told: [],
  },
  {
    reason: 'all that is wrong is told',
    patch: { spec: { hostNetwork: 'yes', terminationGracePeriodSeconds: '30' } },
    told: [
      'spec.podTemplateSpec.spec.hostNetwork: must be true or false, found "yes"',
      'spec.podTemplateSpec.spec.terminationGracePeriodSeconds: must be a whole number, found "30"',
    ],
  },
];

for (const { reason, patch, told } of deepFreeze(patches)) {
  test(reason, async (t) => {
    t.strictSame(tell('podTemplate', patch, '/podTemplateSpec', true), told);
  });
}

test('a whole value has what is required', async (t) => {
  t.strictSame(tell('podTemplate', container({ env: [{ value: 'x' }] }), '/podTemplateSpec'), [
    `${first}.env[0].name: is required: give it a value`,
  ]);
  t.strictSame(tell('volume', { emptyDir: {} }, '/volumes/0'), [
    'spec.volumes[0].name: is required: give it a value',
  ]);
  t.strictSame(tell('volumeMount', { name: 'v', readonly: true }, '/volumeMounts/3'), [
    'spec.volumeMounts[3].mountPath: is required: give it a value',
    'spec.volumeMounts[3].readonly: is not known to Kubernetes here: allowed are mountPath, mountPropagation, name, readOnly, recursiveReadOnly, subPath, subPathExpr',
  ]);
});
