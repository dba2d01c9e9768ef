import { test } from 'tap';
import { readSpec } from '../../../support/read-spec.ts';
import { inlineOf, testRefusals, typed } from '../../../support/refusals.ts';

const podTemplateSpec = { spec: { automountServiceAccountToken: false } };
const message =
  'spec.podTemplateSpec.spec.automountServiceAccountToken: must not be false with a kubernetes source, because the server ends at start without a token: remove it, or';

testRefusals([
  {
    spec: { ...inlineOf({}), podTemplateSpec },
    expected: `${message} set spec.defaultSource to false`,
    reason: 'no token for the source that is there without being written',
  },
  {
    spec: {
      sources: [{ name: 'a', kubernetes: {} }],
      registries: [{ name: 'v', sources: ['a'] }],
      podTemplateSpec,
    },
    expected: `${message} remove the kubernetes source`,
    reason: 'no token for a kubernetes source',
  },
]);

test('a pod needs no token without a kubernetes source', async (t) => {
  const specs = [
    { ...typed, podTemplateSpec },
    { ...inlineOf({}), defaultSource: false, podTemplateSpec },
    { ...inlineOf({ name: 'default' }), podTemplateSpec },
    { configYAML: 'a: b', podTemplateSpec },
  ];
  for (const spec of specs) t.strictSame(readSpec(spec).problems, undefined, JSON.stringify(spec));
});

test('a single source without a format is warned about, since it meant toolhive', async (t) => {
  const warnings = (source: object) =>
    readSpec({ source }).registry?.warnings.filter(({ reason }) => reason === 'FormatIgnored');
  t.strictSame(warnings({ configmap: { name: 'a' } }), [
    {
      reason: 'FormatIgnored',
      field: 'spec.source.format',
      message:
        'is left out, which meant toolhive: servers since v1.2 read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and set format to upstream',
    },
  ]);
  t.strictSame(warnings({ type: 'api', api: { endpoint: 'https://a.example' } }), []);
  t.strictSame(warnings({ configmap: { name: 'a' }, format: 'upstream' }), []);
});
