import { test } from 'tap';
import { podSchemaProblems } from '../../../hooks/pod/pod-schema-problems.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const container = (fields: object) => ({ spec: { containers: [{ name: 'a', ...fields }] } });
const first = 'spec.podTemplateSpec.spec.containers[0]';
const problemsOf = (...args: Parameters<typeof podSchemaProblems>) =>
  podSchemaProblems(...args).map(({ field, message }) => `${field}: ${message}`);

const patches: readonly {
  readonly reason: string;
  readonly patch: unknown;
  readonly problems: readonly string[];
}[] = [
  { reason: 'an empty patch', patch: {}, problems: [] },
  {
    reason: 'a quantity that is none',
    patch: container({ resources: { limits: { cpu: 'lots' } } }),
    problems: [`${first}.resources.limits.cpu: must be a quantity such as 500m, 2 or 1Gi, found "lots"`],
  },
  {
    reason: 'a quantity may be a number',
    patch: container({ resources: { limits: { cpu: 2 } } }),
    problems: [],
  },
  {
    reason: 'a word that is none of the allowed',
    patch: container({ imagePullPolicy: 'Sometimes' }),
    problems: [`${first}.imagePullPolicy: must be one of Always, IfNotPresent, Never, found "Sometimes"`],
  },
  {
    reason: 'a number written as a string',
    patch: container({ ports: [{ containerPort: '80' }] }),
    problems: [`${first}.ports[0].containerPort: must be a whole number, found "80"`],
  },
  {
    reason: 'alternatives are reported in one message',
    patch: container({ livenessProbe: { httpGet: { port: true } } }),
    problems: [`${first}.livenessProbe.httpGet.port: must be a string or a whole number, found true`],
  },
  {
    reason: 'a value of a variable that YAML took for a number',
    patch: container({ env: [{ name: 'A', value: 1 }] }),
    problems: [`${first}.env[0].value: must be a string, found 1`],
  },
  {
    reason: 'a misspelt field is reported with the known ones',
    patch: { spec: { volumes: [{ name: 'v', hostPath: { path: '/x', kind: 'File' } }] } },
    problems: [
      'spec.podTemplateSpec.spec.volumes[0].hostPath.kind: is not a field that Kubernetes knows: remove it, or use one of path, type',
    ],
  },
  {
    reason: 'a label outside of labels keeps its slash',
    patch: { 'example.com/a': '1' },
    problems: [
      'spec.podTemplateSpec.example.com/a: is not a field that Kubernetes knows: remove it, or use one of metadata, spec',
    ],
  },
  {
    reason: 'a pod instead of a template',
    patch: { containers: [] },
    problems: [
      'spec.podTemplateSpec.containers: is not a field that Kubernetes knows: remove it, or use one of metadata, spec',
    ],
  },
  {
    reason: 'a list instead of an object, and the reverse',
    patch: { metadata: [], spec: { containers: {} } },
    problems: [
      'spec.podTemplateSpec.metadata: must be an object, found a list',
      'spec.podTemplateSpec.spec.containers: must be a list, found an object',
    ],
  },
  {
    reason: 'keys of a map are free, its values are not',
    patch: { metadata: { labels: { 'example.com/a': 1, b: '1' } } },
    problems: ['spec.podTemplateSpec.metadata.labels.example.com/a: must be a string, found 1'],
  },
  {
    reason: 'what a patch leaves out is somewhere else',
    patch: container({ env: [{ value: 'x' }] }),
    problems: [],
  },
  {
    reason: 'null removes a field, or a value of a map',
    patch: container({ image: null, resources: { limits: { cpu: null } } }),
    problems: [],
  },
  {
    reason: 'directives are for the merge to judge',
    patch: {
      metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] },
      spec: { nodeSelector: { $retainKeys: ['a'], a: '1' }, volumes: [{ name: 'v', $patch: 'delete' }] },
    },
    problems: [],
  },
  {
    reason: 'all mistakes are reported',
    patch: { spec: { hostNetwork: 'yes', terminationGracePeriodSeconds: '30' } },
    problems: [
      'spec.podTemplateSpec.spec.hostNetwork: must be true or false, found "yes"',
      'spec.podTemplateSpec.spec.terminationGracePeriodSeconds: must be a whole number, found "30"',
    ],
  },
];

for (const { reason, patch, problems } of deepFreeze(patches)) {
  test(reason, async (t) => {
    t.strictSame(problemsOf('podTemplate', patch, '/podTemplateSpec', true), problems);
  });
}

test('a whole value has what is required', async (t) => {
  t.strictSame(problemsOf('podTemplate', container({ env: [{ value: 'x' }] }), '/podTemplateSpec'), [
    `${first}.env[0].name: is required: give it a value`,
  ]);
  t.strictSame(problemsOf('volume', { emptyDir: {} }, '/volumes/0'), [
    'spec.volumes[0].name: is required: give it a value',
  ]);
  t.strictSame(problemsOf('volumeMount', { name: 'v', readonly: true }, '/volumeMounts/3'), [
    'spec.volumeMounts[3].mountPath: is required: give it a value',
    'spec.volumeMounts[3].readonly: is not a field that Kubernetes knows: remove it, or use one of mountPath, mountPropagation, name, readOnly, recursiveReadOnly, subPath, subPathExpr',
  ]);
});
