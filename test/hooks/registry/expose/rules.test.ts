import { test } from 'tap';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { testRefusals, typed } from '../../../support/refusals.ts';

const exposed = (expose: unknown) => ({ ...typed, expose });
const route = (change: object) => exposed({ httpRoute: { parentRefs: [{ name: 'public' }], ...change } });
const ingress = (change: object) => exposed({ ingress: { hosts: ['a.example.com'], ...change } });

const host =
  'must be a domain name such as registry.example.com, or *.example.com, in lower case and without a port';
const path =
  'must be a path such as /registry: it begins with "/", does not end with one, and its parts have letters, digits, "-", "_", "~" and, not at first, "."';

testRefusals([
  {
    reason: 'no way',
    spec: exposed({}),
    expected: 'spec.expose: must have exactly one of httpRoute, ingress, found none',
  },
  {
    reason: 'two ways',
    spec: exposed({ httpRoute: { parentRefs: [{ name: 'a' }] }, ingress: { hosts: ['a'] } }),
    expected: 'spec.expose: must have exactly one of httpRoute, ingress, found httpRoute and ingress',
  },
  { reason: 'no object', spec: exposed('a'), expected: 'spec.expose: must be an object, found "a"' },
  {
    reason: 'a route without parents',
    spec: exposed({ httpRoute: {} }),
    expected: 'spec.expose.httpRoute.parentRefs: is required: set it to a list of at least one Gateway',
  },
  {
    reason: 'a route with no parent',
    spec: route({ parentRefs: [] }),
    expected: 'spec.expose.httpRoute.parentRefs: must not be empty: list at least one',
  },
  {
    reason: 'too many parents',
    spec: route({ parentRefs: Array.from({ length: 33 }, (_, i) => ({ name: `g${i}` })) }),
    expected: 'spec.expose.httpRoute.parentRefs: may have at most 32 items, found 33: remove some',
  },
  {
    reason: 'two parents of one name, which Metacontroller would make one of',
    spec: route({
      parentRefs: [
        { name: 'a', sectionName: 'b' },
        { name: 'a', namespace: 'n' },
      ],
    }),
    expected:
      'spec.expose.httpRoute.parentRefs[1].name: is taken by spec.expose.httpRoute.parentRefs[0]: "a" must be unique: leave sectionName out for all listeners of a Gateway; of two Gateways with one name, keep one',
  },
  {
    reason: 'a parent without a name, and names that are none',
    spec: route({ parentRefs: [{}, { name: 'A', namespace: 'b.c', sectionName: 'd_' }] }),
    expected: [
      'spec.expose.httpRoute.parentRefs[0].name: is required: set it to the name of an object (lower-case letters, digits, "-" and ".")',
      'spec.expose.httpRoute.parentRefs[1].name: must be the name of an object (lower-case letters, digits, "-" and "."), found "A"',
      'spec.expose.httpRoute.parentRefs[1].namespace: must be at most 63 lower-case letters, digits and "-", with a letter or digit at both ends, found "b.c"',
      'spec.expose.httpRoute.parentRefs[1].sectionName: must be the name of an object (lower-case letters, digits, "-" and "."), found "d_"',
    ].join('; '),
  },
  ...[
    'A.example.com',
    'a.example.com:80',
    'https://a.b',
    'a.*.b',
    '*',
    '*a.b',
    'a..b',
    'a.b.',
    '-a.b',
    'a_b',
  ].flatMap((wrong) => [
    {
      reason: `a route to ${wrong}`,
      spec: route({ hostnames: [wrong] }),
      expected: `spec.expose.httpRoute.hostnames[0]: ${host}, found "${wrong}"`,
    },
    {
      reason: `an Ingress of ${wrong}`,
      spec: ingress({ hosts: [wrong] }),
      expected: `spec.expose.ingress.hosts[0]: ${host}, found "${wrong}"`,
    },
  ]),
  {
    reason: 'a route to an address',
    spec: route({ hostnames: ['a.b', '10.0.0.1'] }),
    expected:
      'spec.expose.httpRoute.hostnames[1]: must not be an IP address, found "10.0.0.1": name the domain that leads there',
  },
  {
    reason: 'an Ingress of an address',
    spec: ingress({ hosts: ['10.0.0.1'] }),
    expected:
      'spec.expose.ingress.hosts[0]: must not be an IP address, found "10.0.0.1": name the domain that leads there',
  },
  {
    reason: 'a host twice',
    spec: route({ hostnames: ['a.b', 'c.d', 'a.b'] }),
    expected: 'spec.expose.httpRoute.hostnames[2]: names "a.b" a second time: remove it',
  },
  {
    reason: 'too many hosts',
    spec: ingress({ hosts: Array.from({ length: 17 }, (_, i) => `h${i}`) }),
    expected: 'spec.expose.ingress.hosts: may have at most 16 items, found 17: remove some',
  },
  {
    reason: 'an Ingress without hosts',
    spec: ingress({ hosts: [] }),
    expected: 'spec.expose.ingress.hosts: must not be empty: list at least one',
  },
  ...[
    '',
    'a',
    '/a/',
    '//',
    '/a//b',
    '/.',
    '/a/../b',
    '/a/.b',
    '/a b',
    '/%2f',
    '/a#b',
    '/a?b',
    '/ä',
    '/a\n',
  ].map((wrong) => ({
    reason: `the path ${JSON.stringify(wrong)}`,
    spec: route({ path: wrong }),
    expected: `spec.expose.httpRoute.path: ${path}, found ${JSON.stringify(wrong)}`,
  })),
  {
    reason: 'a path that is longer than an HTTPRoute takes',
    spec: route({ path: `/${'a'.repeat(1024)}` }),
    expected: 'spec.expose.httpRoute.path: may have at most 1024 characters, found 1025: shorten it',
  },
  {
    reason: 'another scheme',
    spec: route({ scheme: 'ftp' }),
    expected: 'spec.expose.httpRoute.scheme: must be one of http, https, found "ftp"',
  },
  {
    reason: 'a class in two places',
    spec: ingress({ className: 'a', annotations: { 'kubernetes.io/ingress.class': 'a' } }),
    expected:
      "spec.expose.ingress.className: can't be combined with the annotation kubernetes.io/ingress.class: remove the annotation",
  },
  {
    reason: 'names that are none',
    spec: ingress({ className: 'A', tls: { secretName: 'b/c' } }),
    expected: [
      'spec.expose.ingress.className: must be the name of an object (lower-case letters, digits, "-" and "."), found "A"',
      'spec.expose.ingress.tls.secretName: must be the name of an object (lower-case letters, digits, "-" and "."), found "b/c"',
    ].join('; '),
  },
  ...(['httpRoute', 'ingress'] as const).map((way) => ({
    reason: `an annotation of Metacontroller, with ${way}`,
    spec: (way === 'ingress' ? ingress : route)({ annotations: { 'metacontroller.k8s.io/a': 'b' } }),
    expected: `spec.expose.${way}.annotations.metacontroller.k8s.io/a: is an annotation that the hook or Metacontroller sets: remove it`,
  })),
]);

const accepted = [
  {
    reason: 'all fields of a route',
    spec: route({ hostnames: [], path: '/', scheme: 'http', annotations: {} }),
  },
  { reason: 'a path', spec: route({ path: '/mcp/v1.0/~a_b-c' }) },
  { reason: 'the longest path', spec: route({ path: `/${'a'.repeat(1023)}` }) },
  { reason: 'hosts', spec: route({ hostnames: ['localhost', '*.example.com', '1.2.3.example', '1.2.3'] }) },
  { reason: 'TLS without a Secret', spec: ingress({ tls: {} }) },
  { reason: 'the annotation alone', spec: ingress({ annotations: { 'kubernetes.io/ingress.class': 'a' } }) },
  { reason: 'the field alone', spec: ingress({ className: 'a.b', annotations: { a: 'b' } }) },
  {
    reason: 'the whole configuration',
    spec: { configYAML: 'a: b', expose: { ingress: { hosts: ['a'] } } },
  },
];

for (const { reason, spec } of accepted) {
  test(`${reason}: accepted`, async (t) => {
    const { registry, problems } = readSpec(deepFreeze(spec));
    t.strictSame(problems, undefined);
    t.strictSame(registry?.objects.expose, spec.expose);
  });
}
