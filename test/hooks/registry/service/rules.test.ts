import { test } from 'tap';
import { buildDesired } from '../../../../hooks/desired.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';
import { context } from '../../../support/requests.ts';

const name =
  'a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, behind a domain in lower case and "/" if it has one';
const ours = 'is an annotation that the hook or Metacontroller sets: remove it';
const of = (service: unknown) => ({ ...typed, service });
const annotated = (annotations: unknown) => of({ annotations });
const long = 'a'.repeat(400);

testRefusals([
  {
    spec: of({ port: 8081, internalPort: true }),
    expected:
      'spec.service.port: must not be 8081 with internalPort, which has that port: set another one, or remove internalPort',
    reason: 'two ports of one number',
  },
  ...[0, 65_536, '80', 1.5].map((port) => ({
    spec: of({ port }),
    expected: `spec.service.port: must be a whole number from 1 to 65535, found ${JSON.stringify(port)}`,
    reason: `the port ${port}`,
  })),
  {
    spec: of({ type: 'ExternalName' }),
    expected: 'spec.service.type: must be one of ClusterIP, NodePort, LoadBalancer, found "ExternalName"',
    reason: 'a Service that leads to no pods',
  },
  {
    spec: of({ trafficDistribution: 'PreferFar' }),
    expected:
      'spec.service.trafficDistribution: must be one of PreferClose, PreferSameZone, PreferSameNode, found "PreferFar"',
    reason: 'pods that no cluster can prefer',
  },
  {
    spec: annotated({ 'example.com/a': 1 }),
    expected: 'spec.service.annotations.example.com/a: must be a string, found 1',
    reason: 'an annotation that is a number',
  },
  {
    spec: annotated({ 'example.com/a': long.repeat(20) }),
    expected:
      'spec.service.annotations.example.com/a: may have at most 4096 characters, found 8000: shorten it',
    reason: 'an annotation that is too long',
  },
  {
    spec: annotated(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`a${index}`, '']))),
    expected: 'spec.service.annotations: may have at most 100 keys, found 101: remove some',
    reason: 'too many annotations',
  },
  ...['', 'a b', 'A.com/a', '/a', 'a/', 'a/b/c', '-a', `${'a'.repeat(64)}`, `${'a.'.repeat(127)}aa/b`].map(
    (key) => ({
      spec: annotated({ [key]: 'x' }),
      expected: `spec.service.annotations.${key.length > 100 ? `${key.slice(0, 99)}…` : key}: must have as its key ${name}`,
      reason: `a key that is no name, "${key}"`,
    }),
  ),
  {
    spec: annotated({ [long]: 'x' }),
    expected: `spec.service.annotations.${long.slice(0, 99)}…: must have as its key ${name}`,
    reason: 'a key that is too long',
  },
  ...[
    'metacontroller.k8s.io/last-applied-configuration',
    'toolhive.stacklok.dev/content-checksum',
    'toolhive.stacklok.io/registry-name',
    'registry.toolhive.stacklok.dev/a',
  ].map((key) => ({
    spec: annotated({ [key]: '{}' }),
    expected: `spec.service.annotations.${key}: ${ours}`,
    reason: `an annotation that is read, ${key}`,
  })),
]);

test('what a Service may have', async (t) => {
  const services = [
    {},
    { port: 8081 },
    { port: 8081, internalPort: false },
    { internalPort: true },
    { annotations: {} },
    {
      annotations: { plain: '', 'example.com/With_dots.And-dashes': 'ä\n', 'nottoolhive.stacklok.dev/a': '' },
    },
  ];
  for (const service of services) {
    t.strictSame(readSpec(of(service)).problems, undefined, JSON.stringify(service));
  }
});

const identity = { name: 'a', namespace: 'n' };
const specOf = (service: object, healthPort = 8081) =>
  buildDesired(identity, of(service), { ...context.defaults, healthPort }).children?.byKind.Service;

test('the internal port has one number, whatever it has in the pod', async (t) => {
  const http = { name: 'http', port: 8080, protocol: 'TCP', targetPort: 'http' };
  const internal = { name: 'internal', port: 8081, protocol: 'TCP', targetPort: 'internal' };
  t.strictSame(specOf({ internalPort: true })?.spec.ports, [http, internal]);
  t.strictSame(specOf({ internalPort: true }, 9000)?.spec.ports, [http, internal]);
  t.strictSame(specOf({ internalPort: true }, 8080)?.spec.ports, [http], 'the server has only one');
  t.strictSame(specOf({ internalPort: false })?.spec.ports, [http]);
});

test('no annotations are none', async (t) => {
  t.strictSame(specOf({ annotations: {} }), specOf({}));
});

test('annotations that are too long together are refused with their field', async (t) => {
  const value = 'x'.repeat(4000);
  const annotations = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`a${index}`, value]));
  for (const field of ['service', 'serviceAccount']) {
    const { problems } = buildDesired(identity, { ...typed, [field]: { annotations } }, context.defaults);
    t.match(problems, [{ field: `spec.${field}.annotations`, message: /^is too big: the Service/ }]);
    t.equal(problems?.length, 1);
  }
});
