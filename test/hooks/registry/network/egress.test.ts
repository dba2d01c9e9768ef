import { test } from 'tap';
import { deepFreeze } from '../../../support/deep-freeze.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { oauth, sourceOf, typed } from '../../../support/refusals.ts';

const networkPolicy = { from: [{ podSelector: {} }] };
const managed = { ...typed, sources: [{ name: 'a', managed: {} }] };
const git = (repository: string) => sourceOf({ git: { repository } });
const source = (kind: object) => ({ ...typed, sources: [{ name: 'a', ...kind }] });
const provider = (given: object) => ({
  ...managed,
  authConfig: oauth({ issuerUrl: 'https://i/realm', ...given }).authConfig,
});
const pod = (spec: object) => ({ ...managed, podTemplateSpec: { spec } });
const server = (fields: object) => pod({ containers: [{ name: 'registry-api', ...fields }] });

const cases: readonly { spec: object; ports: readonly number[] | undefined; reason: string }[] = [
  { spec: managed, ports: [5432], reason: 'a database is always there' },
  { spec: { ...managed, databaseConfig: { port: 6432 } }, ports: [6432], reason: 'at another port' },
  {
    spec: { ...managed, databaseConfig: { dynamicAuth: { awsRdsIam: { region: 'detect' } } } },
    ports: [80, 443, 5432],
    reason: 'credentials of AWS come from its API and from metadata',
  },
  { spec: git('https://example.com/a.git'), ports: [443, 5432], reason: 'git over https' },
  { spec: git('https://u%40x:p@example.com:8443/a.git'), ports: [5432, 8443], reason: 'an explicit port' },
  { spec: git('https://[fd00::1]:8443/a.git'), ports: [5432, 8443], reason: 'an address of IPv6' },
  { spec: git('http://git.svc/a'), ports: [80, 443, 5432], reason: 'http, which may lead on to https' },
  { spec: git('http://git.svc:3000/a'), ports: [3000, 5432], reason: 'http with a port' },
  { spec: git('git://git.svc/a'), ports: [5432, 9418], reason: "git's own protocol" },
  { spec: git('https://example.com:/a'), ports: [443, 5432], reason: 'an empty port' },
  { spec: git('https://example.com:0/a'), ports: undefined, reason: 'a port that there is not' },
  { spec: git('https://example.com:99999/a'), ports: undefined, reason: 'a port that is too high' },
  { spec: git('https://a b/c'), ports: undefined, reason: 'no URL' },
  { spec: git('https://:1'), ports: undefined, reason: 'no host' },
  { spec: source({ api: { endpoint: 'https://r.example.com/x' } }), ports: [443, 5432], reason: 'an API' },
  { spec: source({ url: { endpoint: 'http://f:81/x' } }), ports: [81, 5432], reason: 'a file behind a URL' },
  { spec: source({ configMapRef: { name: 'c', key: 'k' } }), ports: [5432], reason: 'a ConfigMap' },
  { spec: source({ pvcRef: { claimName: 'c', path: 'k.json' } }), ports: [5432], reason: 'a volume' },
  { spec: source({ kubernetes: {} }), ports: undefined, reason: 'the API server of Kubernetes' },
  {
    spec: { registries: [{ name: 'a', git: { repository: 'https://g:444/x' } }], defaultSource: false },
    ports: [444, 5432],
    reason: 'a source in a view',
  },
  {
    spec: { registries: [{ name: 'a', git: { repository: 'https://g:444/x' } }] },
    ports: undefined,
    reason: 'and the source of kind kubernetes that comes with it',
  },
  {
    spec: { source: { type: 'git', git: { repository: 'https://g:445/x' } } },
    ports: [445, 5432],
    reason: 'the one source of the first form',
  },
  {
    spec: source({ inline: { data: '{"data":{"servers":[{"name":"a","description":"b"}]}}' } }),
    ports: [5432],
    reason: 'a file in the spec',
  },
  { spec: provider({}), ports: [443, 5432], reason: 'an issuer' },
  {
    spec: provider({ issuerUrl: 'https://i:8443' }),
    ports: [443, 5432, 8443],
    reason: 'what discovery leads to may be at the port of https',
  },
  {
    spec: provider({ issuerUrl: 'https://i:8443', jwksUrl: 'https://i:9443/k' }),
    ports: [5432, 8443, 9443],
    reason: 'keys that are named',
  },
  {
    spec: provider({ jwksUrl: 'https://i/k', introspectionUrl: 'https://i:1443/i' }),
    ports: [443, 1443, 5432],
    reason: 'introspection',
  },
  {
    spec: { ...provider({}), authConfig: { ...provider({}).authConfig, mode: 'anonymous' } },
    ports: [5432],
    reason: 'providers that the server does not read',
  },
  {
    spec: { ...managed, telemetryConfig: { enabled: true, endpoint: 'otel:4318' } },
    ports: [4318, 5432],
    reason: 'a collector',
  },
  {
    spec: { ...managed, telemetryConfig: { enabled: true } },
    ports: [5432],
    reason: 'a collector in the pod',
  },
  {
    spec: { ...managed, telemetryConfig: { endpoint: 'otel:4318' } },
    ports: [5432],
    reason: 'a collector that is not called',
  },
  {
    spec: { ...managed, networkPolicy: { ...networkPolicy, egressPorts: [5432, 25] } },
    ports: [25, 5432],
    reason: 'more ports',
  },
  { spec: { configYAML: 'sources: []' }, ports: undefined, reason: 'a configuration that is not read' },
  ...[{ env: [{ name: 'A', value: 'b' }] }, { envFrom: [] }, { command: ['x'] }, { args: ['x'] }].map(
    (fields) => ({
      spec: server(fields),
      ports: undefined,
      reason: `what sets ${Object.keys(fields)} may set any part of the configuration`,
    }),
  ),
  { spec: server({ image: 'other:1' }), ports: [5432], reason: 'another image of the server' },
  {
    spec: pod({ containers: [{ name: 'sidecar', image: 'a' }] }),
    ports: undefined,
    reason: 'a sidecar calls whom it likes',
  },
  {
    spec: pod({ initContainers: [{ name: 'first', image: 'a' }] }),
    ports: undefined,
    reason: 'and so does an init container',
  },
  { spec: pod({ nodeSelector: { a: 'b' } }), ports: [5432], reason: 'where a pod runs does not matter' },
];

for (const { spec, ports, reason } of cases) {
  test(`ports that the server connects to: ${reason}`, async (t) => {
    const { registry, problems } = readSpec(deepFreeze({ networkPolicy, ...spec }));
    t.strictSame(problems, undefined);
    t.strictSame(registry?.egress, ports);
  });
}

test('without a policy nothing is looked for', async (t) => {
  t.equal(readSpec(managed).registry?.egress, undefined);
});
