import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox';
import fc from 'fast-check';
import { podTemplate, userVolume, userVolumeMount } from './arbitrary-pod.ts';

export type Fields = Record<string, unknown>;

const annotations = fc.dictionary(
  fc.stringMatching(/^example\.com\/[a-z]{1,8}$/),
  fc.string({ maxLength: 40 }),
  { maxKeys: 3, noNullPrototype: true },
);

const selector = fc.constantFrom<Fields>(
  {},
  { matchLabels: { app: 'a', tier: '' } },
  { matchLabels: {}, matchExpressions: [] },
  { matchExpressions: [{ key: 'app', operator: 'In', values: ['a', 'b'] }] },
  { matchExpressions: [{ key: 'example.com/app', operator: 'Exists', values: [] }] },
);
const peers = fc.array(
  fc.oneof(
    fc.record({ namespaceSelector: selector }),
    fc.record({ podSelector: selector }),
    fc.record({ namespaceSelector: selector, podSelector: selector }),
    fc
      .constantFrom<Fields>({ cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] }, { cidr: '::/0', except: [] })
      .map((ipBlock) => ({ ipBlock })),
  ),
  { minLength: 1, maxLength: 3 },
);

const apiTimeout = fc.constantFrom('1ns', '1m30s', '300s', '5m');

/** A registry file with servers of any names. */
const registryFile = fc
  .array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 3 })
  .map((names) => JSON.stringify({ data: { servers: names.map((name) => ({ name, description: name })) } }));

const hosts = (minLength: number) =>
  fc.uniqueArray(fc.constantFrom('registry.example.com', '*.example.com', 'a'), { minLength });
const exposeAnnotations = fc.constantFrom({}, { a: '' }, { 'cert-manager.io/cluster-issuer': 'letsencrypt' });
const expose = fc.oneof(
  fc.record({
    httpRoute: fc.record(
      {
        parentRefs: fc.uniqueArray(
          fc.record(
            {
              name: fc.constantFrom('public', 'internal'),
              namespace: fc.constantFrom('infra', 'n'),
              sectionName: fc.constantFrom('http', 'https'),
            },
            { requiredKeys: ['name'], noNullPrototype: true },
          ),
          { minLength: 1, selector: ({ name }) => name },
        ),
        hostnames: hosts(0),
        path: fc.constantFrom('/', '/mcp', '/mcp/v1.0'),
        scheme: fc.constantFrom('http', 'https'),
        annotations: exposeAnnotations,
      },
      { requiredKeys: ['parentRefs'], noNullPrototype: true },
    ),
  }),
  fc.record({
    ingress: fc.record(
      {
        className: fc.constantFrom('nginx', 'a.b'),
        hosts: hosts(1),
        tls: fc.constantFrom({}, { secretName: 'registry-tls' }),
        annotations: exposeAnnotations,
      },
      { requiredKeys: ['hosts'], noNullPrototype: true },
    ),
  }),
);

/** Values for fields whose schema does not say enough, by the field. */
export const valuesByField: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  'spec.configYAML': fc
    .dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.jsonValue({ maxDepth: 1 }), { minKeys: 1, maxKeys: 3 })
    .map((config) => JSON.stringify(config)),
  'spec.sources[].api.timeout': apiTimeout,
  'spec.registries[].api.timeout': apiTimeout,
  'spec.source.api.timeout': apiTimeout,
  'spec.sources[].inline.data': registryFile,
  'spec.auditConfig.logFile': fc.constantFrom('/data/audit.log', '/tmp//audit.log'),
  'spec.monitoring.interval': fc.constantFrom('30s', '1h1m1s1ms'),
  'spec.monitoring.labels': fc.constantFrom<Fields>({}, { release: 'prometheus', 'example.com/a': '' }),
  'spec.volumes[]': userVolume,
  'spec.volumeMounts[]': userVolumeMount,
  'spec.podTemplateSpec': podTemplate,
  'spec.autoscaling.minReplicas': fc.constantFrom(1, 2),
  'spec.autoscaling.maxReplicas': fc.constantFrom(2, 9),
  'spec.disruptionBudget': fc.oneof(
    fc.record({ minAvailable: fc.constantFrom(0, 1, '50%') }),
    fc.record({ maxUnavailable: fc.constantFrom(1, '0%', '100%') }),
  ),
  'spec.service.port': fc.constantFrom(1, 80, 8080, 65_535),
  'spec.service.annotations': annotations,
  'spec.serviceAccount': fc.oneof(
    fc.record({ annotations }),
    fc.record({ name: fc.constantFrom('a', 'b.c') }),
  ),
  'spec.networkPolicy.from': peers,
  'spec.networkPolicy.monitoringFrom': peers,
  'spec.expose': expose,
};

/** Longest list and text that are made where a schema sets no limit, or a bigger one. */
const SOME = 3;
const MANY_LETTERS = 40;

/**
 * Values that satisfy a schema, made by walking it.
 *
 * @param at where the schema is, as in `spec.volumes[]`
 */
export function arbitraryOf(schema: TSchema, at: string): fc.Arbitrary<unknown> {
  const known = valuesByField[at];
  if (known) return known;
  switch (schema[Kind]) {
    case 'Boolean':
      return fc.boolean();
    case 'Integer':
      return fc.integer({ min: schema['minimum'], max: schema['maximum'] });
    case 'Unsafe':
    case 'String':
      return text(schema);
    case 'Union':
      return fc.oneof(...(schema['anyOf'] as TSchema[]).map((member) => arbitraryOf(member, at)));
    case 'Array':
      return list(schema, at);
    case 'Record':
      return fc.dictionary(
        fc.string({ maxLength: MANY_LETTERS }).map((name) => name.toLowerCase()),
        arbitraryOf(Object.values<TSchema>(schema['patternProperties'])[0] as TSchema, `${at}.*`),
        { maxKeys: SOME, noNullPrototype: true },
      );
    case 'Object':
      return object(schema, at);
    default:
      throw new Error(`${at}: nothing is known of a schema of kind ${schema[Kind]}`);
  }
}

/** As many as Go can count. */
const duration = fc
  .tuple(
    fc.integer({ min: 1, max: 9999 }),
    fc.constantFrom('ns', 'us', 'µs', 'ms', 's', 'm', 'h', '.5h', 'h30m'),
  )
  .map(([count, unit]) => `${count}${unit}`);

function text(schema: TSchema): fc.Arbitrary<string> {
  if (schema['enum']) return fc.constantFrom(...(schema['enum'] as string[]));
  const { minLength = 0, maxLength = MANY_LETTERS, pattern, expects = '' } = schema;
  if (expects.includes('URL that starts with http')) return fc.webUrl({ withQueryParameters: true });
  if (expects.includes('Go duration')) return duration;
  if (expects.includes('glob pattern')) return fc.constantFrom('*', 'io.[a-c]*', '{a,b}', '[!x]', '\\[');
  if (pattern === undefined) {
    return fc.string({ minLength, maxLength: Math.min(maxLength, MANY_LETTERS), unit: 'grapheme' });
  }
  return fc.stringMatching(new RegExp(pattern)).filter(({ length }) => length <= maxLength);
}

export function list(schema: TSchema, at: string): fc.Arbitrary<unknown[]> {
  const keys = (schema['x-kubernetes-list-map-keys'] ?? []) as string[];
  const length = {
    minLength: schema['minItems'] ?? 0,
    maxLength: Math.min(schema['maxItems'] ?? SOME, SOME),
  };
  const items = arbitraryOf(schema['items'], `${at}[]`);
  if (schema['x-kubernetes-list-type'] === 'set') return fc.uniqueArray(items, length);
  return keys.length === 0
    ? fc.array(items, length)
    : fc.uniqueArray(items, {
        ...length,
        selector: (item) => JSON.stringify(keys.map((key) => (item as Fields)[key])),
      });
}

function object(schema: TSchema, at: string): fc.Arbitrary<unknown> {
  const properties = Object.entries<TSchema>(schema['properties']);
  const requiredKeys = properties
    .filter(([, property]) => property[OptionalKind] !== 'Optional')
    .map(([name]) => name);
  const fields: [string, fc.Arbitrary<unknown>][] = properties.map(([name, property]) => [
    name,
    arbitraryOf(property, `${at}.${name}`),
  ]);
  return fc.record<Fields, string>(Object.fromEntries(fields), { requiredKeys, noNullPrototype: true });
}
