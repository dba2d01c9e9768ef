import { test } from 'tap';
import { readRegistry } from '../../../../hooks/registry/registry.ts';
import { openAPIV3Schema } from '../../../../scripts/crd/crd.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';

const monitoring = (fields: object) => ({ ...typed, monitoring: fields });
const interval = (text: string) => ({
  spec: monitoring({ interval: text }),
  expected: `spec.monitoring.interval: must be a duration of hours, minutes, seconds and milliseconds, such as 30s or 1m30s, found "${text}"`,
  reason: `the interval ${JSON.stringify(text)}`,
});
const zero = (text: string) => ({
  spec: monitoring({ interval: text }),
  expected: `spec.monitoring.interval: must be longer than 0, such as 30s, found "${text}"`,
  reason: `an interval of nothing, ${JSON.stringify(text)}, for which Prometheus takes its own`,
});
const key = (text: string, shown = text) => ({
  spec: monitoring({ labels: { [text]: 'a' } }),
  expected: `spec.monitoring.labels.${shown}: must have as its key a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, behind a domain in lower case and "/" if it has one`,
  reason: `a label with a key that the API server refuses, ${JSON.stringify(shown)}`,
});
const reserved = (text: string) => ({
  spec: monitoring({ labels: { [text]: 'a' } }),
  expected: `spec.monitoring.labels.${text}: is a label that the hook or Metacontroller sets: remove it`,
  reason: `a label of ours, ${text}`,
});
const value = (text: string) => ({
  spec: monitoring({ labels: { a: text } }),
  expected: `spec.monitoring.labels.a: must be at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, found "${text}"`,
  reason: `a label with a value that the API server refuses, ${JSON.stringify(text)}`,
});

testRefusals([
  ...['30', 'm', '30s1m', '1.5s', '-1s', '30 s', '1d', '99999h'].map(interval),
  ...['', '0s', '0h0m0s0ms'].map(zero),
  ...['', '-a', 'a/', '/a', 'A.com/a', 'a/b/c', 'a b'].map((text) => key(text)),
  ...[
    ...['app.kubernetes.io/name', 'app.kubernetes.io/component', 'app.kubernetes.io/managed-by'],
    ...['toolhive.stacklok.io/registry-name', 'toolhive.stacklok.dev/a', 'controller-uid'],
    ...['metacontroller.k8s.io/a', 'metacontroller.io/a', 'x.metacontroller.io/a'],
  ].map(reserved),
  ...['-a', 'a b', 'ä'].map(value),
  {
    spec: monitoring({
      labels: Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`l${index}`, ''])),
    }),
    expected: 'spec.monitoring.labels: may have at most 20 keys, found 21: remove some',
    reason: 'more labels than anybody selects by',
  },
  {
    spec: monitoring({ enabled: 'yes' }),
    expected: 'spec.monitoring.enabled: must be true or false, found "yes"',
    reason: 'a text that is no boolean',
  },
]);

test('what is accepted', async (t) => {
  for (const fields of [
    {},
    { enabled: false },
    { interval: '30s' },
    { interval: '1h1m1s1ms' },
    { interval: '500ms' },
    { labels: {} },
    { labels: { a: '', 'a.b/C_d.e-f': 'V_a.l-u3', 'app.kubernetes.io/part-of': 'x' } },
  ]) {
    t.strictSame(readRegistry(monitoring(fields), 'a').problems, undefined, JSON.stringify(fields));
  }
});

test('the rules of the CRD judge as those of the hook', async (t) => {
  const { labels, interval: time } =
    openAPIV3Schema.properties?.['spec']?.properties?.['monitoring']?.properties ?? {};
  const rulesOf = (node: typeof labels) =>
    ((node?.['x-kubernetes-validations'] ?? []) as { rule: string }[]).map(({ rule }) => rule);
  t.strictSame(rulesOf(time), ["self.matches('[1-9]')"]);
  const [valid = '', none = ''] = rulesOf(labels);
  // RE2 and JavaScript read these patterns in the same way.
  const patternOf = (rule: string) => new RegExp(/matches\('(.+)'\)/.exec(rule)?.[1] ?? '(?!)');
  const keys = [
    'a',
    'a/b',
    'A/b',
    'a.b/C',
    '-a',
    'a/',
    'controller-uid',
    'x.metacontroller.io/a',
    'controller-uid2',
  ];
  for (const text of keys) {
    const inCel = patternOf(valid).test(text) && !patternOf(none).test(text);
    const { problems } = readRegistry(monitoring({ labels: { [text]: '' } }), 'a');
    t.equal(inCel, problems === undefined, text);
  }
});
