import { test } from 'tap';
import { formatProblems } from '../../../hooks/problem.ts';
import { readRegistry } from '../../../hooks/registry/registry.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

const git = { repository: 'https://example.com/a.git', branch: 'main' };
const source = { name: 'a', git };
const view = { name: 'all', sources: ['a'] };
const typed = { sources: [source], registries: [view] };
const oauth = (provider: object, more: object = {}) => ({
  ...typed,
  authConfig: {
    mode: 'oauth',
    oauth: { providers: [{ name: 'p', issuerUrl: 'https://i', audience: 'a', ...provider }] },
    ...more,
  },
});
const sourceOf = (change: object) => ({ ...typed, sources: [{ ...source, ...change }] });
const inlineOf = (change: object) => ({ registries: [{ ...source, ...change }] });

const kinds = 'configMapRef, git, api, url, pvcRef, managed, kubernetes';
const inlineKinds = 'configMapRef, git, api, pvcRef';
const dnsLabel = 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends';

const cases: { spec: unknown; told: string; reason: string }[] = [
  { spec: undefined, told: 'spec: is required: set it to an object', reason: 'no spec' },
  { spec: null, told: 'spec: must be an object, found null', reason: 'null' },
  { spec: 'text', told: 'spec: must be an object, found "text"', reason: 'a string' },
  { spec: [], told: 'spec: must be an object, found a list', reason: 'a list' },
  {
    spec: {},
    told: 'spec: says nothing to serve: set configYAML, or sources and registries',
    reason: 'neither path',
  },
  {
    spec: { configYAML: '' },
    told: 'spec: says nothing to serve: set configYAML, or sources and registries',
    reason: 'an empty text is no configuration',
  },
  {
    spec: { configYAML: 'a: 1', ...typed, databaseConfig: {} },
    told: "spec.configYAML: can't be combined with spec.sources, spec.registries, spec.databaseConfig: keep either the whole configuration or the typed fields",
    reason: 'both paths',
  },
  { spec: { configYAML: 7 }, told: 'spec.configYAML: must be a string, found 7', reason: 'another type' },
  {
    spec: { sources: [source] },
    told: 'spec.registries: is required: list at least one view of the sources',
    reason: 'sources that nothing serves',
  },
  {
    spec: { ...typed, registries: [] },
    told: 'spec.registries: is required: list at least one view of the sources',
    reason: 'an empty list of views',
  },
  {
    spec: { ...typed, registries: [{ sources: ['a'] }] },
    told: 'spec.registries[0].name: is required: set it to a string',
    reason: 'a view without a name',
  },
  {
    spec: { ...typed, registries: [{ name: 'all' }] },
    told: 'spec.registries[0].sources: is required: name at least one of spec.sources',
    reason: 'a view of nothing',
  },
  {
    spec: { ...typed, registries: [{ name: 'all', sources: ['a', 'b'] }] },
    told: 'spec.registries[0].sources[1]: names "b", which is not in spec.sources (a)',
    reason: 'a view of an unknown source',
  },
  {
    spec: { ...typed, registries: [{ name: 'all', git }] },
    told: 'spec.registries[0].git: is a source inside a view: move it to spec.sources and name it in sources',
    reason: 'the two forms mixed',
  },
  {
    spec: { registries: [view] },
    told: 'spec.registries[0].sources: names sources, but there is no spec.sources: list them there',
    reason: 'a view without sources',
  },
  {
    spec: { ...typed, registries: [view, { ...view }] },
    told: 'spec.registries[1].name: is taken by spec.registries[0]: "all" must be unique',
    reason: 'two views of one name',
  },
  {
    spec: { ...typed, sources: [source, source] },
    told: 'spec.sources[1].name: is taken by spec.sources[0]: "a" must be unique',
    reason: 'two sources of one name',
  },
  {
    spec: sourceOf({ name: 'Big_Name' }),
    told: `spec.sources[0].name: must be ${dnsLabel}, found "Big_Name"; spec.registries[0].sources[0]: names "a", which is not in spec.sources (Big_Name)`,
    reason: 'a name that the server refuses',
  },
  {
    spec: inlineOf({ name: 'Big_Name' }),
    told: `spec.registries[0].name: must be ${dnsLabel}, found "Big_Name"`,
    reason: 'an inline entry is a source as well',
  },
  {
    spec: sourceOf({ git: undefined }),
    told: `spec.sources[0]: must have exactly one of ${kinds}, found none`,
    reason: 'a source of no kind',
  },
  {
    spec: sourceOf({ managed: {}, api: { endpoint: 'http://x' } }),
    told: `spec.sources[0]: must have exactly one of ${kinds}, found git and api and managed`,
    reason: 'a source of three kinds',
  },
  {
    spec: inlineOf({ git: undefined, url: { endpoint: 'https://x' } }),
    told: `spec.registries[0]: must have exactly one of ${inlineKinds}, found none`,
    reason: 'the oldest form never had url',
  },
  {
    spec: {
      sources: [
        { name: 'a', managed: {} },
        { name: 'b', managed: {} },
      ],
      registries: [view],
    },
    told: 'spec.sources[1].managed: is one too many: a registry may have one managed source',
    reason: 'two managed sources',
  },
  {
    spec: sourceOf({ git: { repository: 'https://x' } }),
    told: 'spec.sources[0].git: must have exactly one of branch, tag and commit, found none',
    reason: 'nothing to check out',
  },
  {
    spec: inlineOf({ git: { ...git, tag: 'v1' } }),
    told: 'spec.registries[0].git: must have exactly one of branch, tag and commit, found branch and tag',
    reason: 'two things to check out',
  },
  {
    spec: sourceOf({ git: { ...git, branch: '' } }),
    told: 'spec.sources[0].git.branch: must not be empty: give it a value or leave it out',
    reason: 'an empty branch',
  },
  {
    spec: sourceOf({ git: { ...git, repository: 'example.com/a.git' } }),
    told: 'spec.sources[0].git.repository: must be a repository URL that starts with https://, http://, ssh://, git://, git@ or file:///, found "example.com/a.git"',
    reason: 'a repository without a scheme',
  },
  {
    spec: sourceOf({ git: { ...git, path: 'registry.yaml' } }),
    told: 'spec.sources[0].git.path: must be the path of a .json file, found "registry.yaml"',
    reason: 'a file of another format',
  },
  {
    spec: sourceOf({ format: 'mcp' }),
    told: 'spec.sources[0].format: must be one of toolhive, upstream, found "mcp"',
    reason: 'an unknown format',
  },
  {
    spec: sourceOf({ syncPolicy: { interval: '30 minutes' } }),
    told: 'spec.sources[0].syncPolicy.interval: must be a Go duration such as 30m or 1h30m, found "30 minutes"',
    reason: 'no Go duration',
  },
  {
    spec: sourceOf({ claims: { team: 7 } }),
    told: 'spec.sources[0].claims.team: must be a string or a list of strings, found 7',
    reason: 'a claim of another type',
  },
  {
    spec: sourceOf({ git: undefined, pvcRef: { claimName: 'data', path: '../x.json' } }),
    told: 'spec.sources[0].pvcRef.path: must stay inside the volume: take out "..", found "../x.json"',
    reason: 'a path out of the volume',
  },
  {
    spec: sourceOf({ git: undefined, configMapRef: { name: 'a' } }),
    told: 'spec.sources[0].configMapRef.key: is required: set it to a key of its data (letters, digits, "-", "_" and ".")',
    reason: 'a reference to no key',
  },
  {
    spec: { ...typed, databaseConfig: { port: 0 } },
    told: 'spec.databaseConfig.port: must be a whole number from 1 to 65535, found 0',
    reason: 'no port',
  },
  {
    spec: { ...typed, databaseConfig: { sslMode: 'yes' } },
    told: 'spec.databaseConfig.sslMode: must be one of disable, allow, prefer, require, verify-ca, verify-full, found "yes"',
    reason: 'no TLS mode',
  },
  {
    spec: { ...typed, authConfig: { authz: {} } },
    told: 'spec.authConfig.authz: has no effect with mode anonymous: set mode to oauth or take it out',
    reason: 'roles for nobody',
  },
  {
    spec: { ...typed, authConfig: { publicPaths: ['metrics'] } },
    told: 'spec.authConfig.publicPaths[0]: must be a path that starts with /, found "metrics"',
    reason: 'a path that is none',
  },
  {
    spec: { ...typed, authConfig: { mode: 'oauth' } },
    told: 'spec.authConfig.oauth.providers: is required with mode oauth: list at least one provider',
    reason: 'nobody to trust',
  },
  {
    spec: oauth({ caCertRef: { name: 'ca', key: 'ca.crt' }, caCertPath: '/ca.crt' }),
    told: "spec.authConfig.oauth.providers[0].caCertPath: can't be combined with caCertRef: keep one of them",
    reason: 'two CA bundles',
  },
  {
    spec: oauth({ authTokenRef: { name: 't', key: 't' }, authTokenFile: '/t' }),
    told: "spec.authConfig.oauth.providers[0].authTokenFile: can't be combined with authTokenRef: keep one of them",
    reason: 'two tokens',
  },
  {
    spec: oauth({ issuerUrl: 'i' }),
    told: 'spec.authConfig.oauth.providers[0].issuerUrl: must be a URL that starts with http:// or https://, found "i"',
    reason: 'an issuer that is no URL',
  },
  ...[
    'https:///p',
    'https://?x',
    'https://a b/p',
    'https://%zz/p',
    'https://a:port/x',
    'https://[::1/x',
    'https://a\\x',
  ].map((issuerUrl) => ({
    spec: oauth({ issuerUrl }),
    told: `spec.authConfig.oauth.providers[0].issuerUrl: must be an absolute URL with a host and no spaces, found ${JSON.stringify(issuerUrl)}`,
    reason: `an issuer that the server can't read, ${issuerUrl}`,
  })),
  ...['http://idp', 'http://127.1', 'http://LOCALHOST', 'http://[0:0:0:0:0:0:0:1]'].map((issuerUrl) => ({
    spec: oauth({ issuerUrl }),
    told: `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "${issuerUrl}": for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec`,
    reason: `an issuer without TLS, ${issuerUrl}`,
  })),
  {
    spec: sourceOf({ git: undefined, url: { endpoint: 'https://a b/x', timeout: '9999999999h' } }),
    told: 'spec.sources[0].url.endpoint: must be an absolute URL with a host and no spaces, found "https://a b/x"; spec.sources[0].url.timeout: is longer than the server can count, found "9999999999h"',
    reason: 'a URL and a duration that the server refuses',
  },
  {
    spec: sourceOf({ syncPolicy: { interval: '0s' } }),
    told: 'spec.sources[0].syncPolicy.interval: must be longer than nothing, found "0s"',
    reason: 'an interval of nothing',
  },
  {
    spec: { ...typed, databaseConfig: { connMaxLifetime: '9999999999h' } },
    told: 'spec.databaseConfig.connMaxLifetime: is longer than the server can count, found "9999999999h"',
    reason: 'a lifetime that the server fails on',
  },
  {
    spec: {
      ...typed,
      databaseConfig: { dynamicAuth: { awsRdsIam: {} } },
      podTemplateSpec: {
        spec: {
          containers: [
            { name: 'registry-api', env: [{ name: 'THV_REGISTRY_DATABASE_PASSWORD', value: 'x' }] },
          ],
        },
      },
    },
    told: "spec.databaseConfig.dynamicAuth: can't be combined with THV_REGISTRY_DATABASE_PASSWORD, which podTemplateSpec sets: keep one of them",
    reason: 'a password beside dynamicAuth, which the server refuses',
  },
  {
    spec: { ...typed, authConfig: { oauth: { providers: [] } } },
    told: 'spec.authConfig.mode: is required beside oauth: set it to oauth, or to anonymous',
    reason: 'a registry that would be open by mistake',
  },
  {
    spec: { configYAML: 'a: 1\na: 2\n' },
    told: 'spec.configYAML: must be YAML: line 2, column 1: the key a is there twice',
    reason: 'a key given twice',
  },
  {
    spec: { configYAML: 'a: 1\nb: *x\n' },
    told: 'spec.configYAML: must be YAML: line 2, column 4: there is no anchor &x',
    reason: 'an alias of nothing',
  },
  {
    spec: { configYAML: 'a: 1\nb: "\u0000"\n' },
    told: 'spec.configYAML: must be YAML: line 2, column 5: a control character that YAML does not have',
    reason: 'a control character',
  },
  {
    spec: { configYAML: 'a: [1\nb: 2\n' },
    told: 'spec.configYAML: must be YAML: line 2, column 1: Flow sequence in block collection must be sufficiently indented and end with a ]',
    reason: 'no YAML',
  },
  {
    spec: { configYAML: '- a\n' },
    told: 'spec.configYAML: must be a YAML mapping, such as "sources: […]" with further keys below it',
    reason: 'a list',
  },
  {
    spec: {
      configYAML: 'a: 1',
      volumeMounts: [
        { name: 'x', mountPath: '/x' },
        { name: 'y', mountPath: '/x' },
      ],
    },
    told: 'spec.volumeMounts[1].mountPath: is taken by spec.volumeMounts[0]: "/x" must be unique',
    reason: 'two mounts of one place',
  },
  ...['0', '1.5', '-0.1', 'half', '0.0'].map((sampling) => ({
    spec: { ...typed, telemetryConfig: { tracing: { sampling } } },
    told: `spec.telemetryConfig.tracing.sampling: must be a string that holds a number over 0 and up to 1, such as "0.05", found "${sampling}"`,
    reason: `sampling ${sampling}`,
  })),
  {
    spec: { configYAML: 'a: 1', volumes: 'none' },
    told: 'spec.volumes: must be a list, found "none"',
    reason: 'no list of volumes',
  },
  {
    spec: {
      ...typed,
      sources: Array.from({ length: 21 }, (_, index) => ({ name: 'a'.repeat(index + 1), git })),
    },
    told: 'spec.sources: may have at most 20 items, found 21',
    reason: 'too many sources',
  },
  {
    spec: sourceOf({ claims: { 'a\nb': 7 } }),
    told: 'spec.sources[0].claims.a\nb: must be a string or a list of strings, found 7',
    reason: 'a claim of another type under a key with a line break',
  },
  {
    spec: sourceOf({ claims: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, ''])) }),
    told: 'spec.sources[0].claims: may have at most 1000 keys, found 1001',
    reason: 'too many claims',
  },
  {
    spec: sourceOf({ git: { ...git, branch: 'b'.repeat(4097) } }),
    told: 'spec.sources[0].git.branch: may have at most 4096 characters, found 4097',
    reason: 'a text that is too long',
  },
  {
    spec: { configYAML: 'a'.repeat(262_145) },
    told: 'spec.configYAML: may have at most 262144 characters, found 262145: shorten it',
    reason: 'a configuration that is too long, which is not parsed',
  },
  {
    spec: { configYAML: 'a: 1', unknown: ['a'.repeat(300_000), { ['b'.repeat(300_000)]: 1 }] },
    told: 'spec: has more than 524288 characters of text: take out what is not needed',
    reason: 'more text than any registry has, in values and keys together',
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
    told: [
      'spec.volumes[0].emptyDir.sizeLimit: may have at most 64 characters, found 65: shorten it',
      'spec.volumeMounts[0].subPath: may have at most 4096 characters, found 4098: shorten it',
      'spec.podTemplateSpec.spec.overhead.example.com/a: may have at most 64 characters, found 65: shorten it',
      'spec.podTemplateSpec.spec.containers[0].resources.limits.cpu: may have at most 64 characters, found 300003: shorten it',
      'spec.podTemplateSpec.spec.containers[0].volumeMounts[0].mountPath: may have at most 4096 characters, found 4098: shorten it',
    ].join('; '),
    reason: 'quantities and paths that are longer than any can be',
  },
  {
    spec: { sources: [{ name: 'a', git: 7, format: 7 }], registries: 7, enforceServers: 'no' },
    told: 'spec.enforceServers: must be true or false, found "no"; spec.sources[0].format: must be one of toolhive, upstream, found 7; spec.sources[0].git: must be an object, found 7; spec.registries: must be a list, found 7',
    reason: 'all that is wrong is told at once',
  },
];

for (const { spec, told, reason } of cases) {
  test(`${reason}: refused`, async (t) => {
    t.equal(formatProblems(readRegistry(deepFreeze(structuredClone(spec))).problems ?? []), told);
  });
}

test('a spec that is nested beyond all measure is refused, and what it holds is not looked at', async (t) => {
  const nested = (depth: number) => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`);
  const told = (depth: number) =>
    formatProblems(readRegistry({ configYAML: 'a: 1', unknown: nested(depth) }).problems ?? []);
  t.equal(told(99), '', 'a hundred levels');
  for (const depth of [100, 20_000]) {
    t.equal(
      told(depth),
      'spec: has more than 100 levels: take out what is not needed',
      `${depth + 1} levels`,
    );
  }
});

test('a spec that holds more than any registry is refused before it costs anybody time', async (t) => {
  const many = Array.from({ length: 20_000 }, () => ({}));
  t.equal(
    formatProblems(readRegistry({ configYAML: 'a: 1', volumes: many }).problems ?? []),
    'spec: has more than 10000 values: take out what is not needed',
  );
});

test('a message stays short enough for a condition, whatever the names of fields', async (t) => {
  const { problems = [] } = readRegistry({
    configYAML: 'a: 1',
    podTemplateSpec: { ['x'.repeat(40_000)]: 1 },
  });
  t.ok(formatProblems(problems).length < 1300);
});

test('messages do not grow with the square of what was posted: known names are told once, and cut short', async (t) => {
  const sources = Array.from({ length: 40 }, (_, index) => ({
    name: `${'s'.repeat(5000)}${index}`,
    managed: {},
  }));
  const registries = Array.from({ length: 200 }, (_, index) => ({ name: `v${index}`, sources: ['none'] }));
  const { problems = [] } = readRegistry({ sources, registries });
  const unknown = problems.filter(({ message }) => message.startsWith('names "none"'));
  t.equal(unknown.length, 200);
  t.ok(unknown.every(({ message }) => message.length < 400));
});

test('an unreadable configuration is told in the same words each time', async (t) => {
  const deep = readRegistry({ configYAML: `a: ${'['.repeat(2000)}${']'.repeat(2000)}` });
  t.strictSame(deep.problems, [
    {
      field: 'spec.configYAML',
      message: 'must be YAML: line 1, column 203: it is nested too deeply: flatten it',
    },
  ]);
});

test('ten problems are shown, the rest is counted', async (t) => {
  const problems = Array.from({ length: 12 }, (_, index) => ({
    field: `spec.f${index}`,
    message: 'is wrong',
  }));
  const told = formatProblems(problems);
  t.match(told, /^spec\.f0: is wrong; .*spec\.f9: is wrong; and 2 more$/);
});

test('a value that is long is cut short in a message', async (t) => {
  const { problems = [] } = readRegistry({ configYAML: ['x'.repeat(1000)] });
  t.equal(formatProblems(problems), 'spec.configYAML: must be a string, found a list');
  const long = readRegistry(sourceOf({ format: 'x'.repeat(1000) })).problems ?? [];
  t.ok(formatProblems(long).length < 200);
});
