import { test } from 'tap';
import { growth, withSpec } from '../../support/growth.ts';
import { readSpec } from '../../support/read-spec.ts';
import { testWarnings } from '../../support/warnings.ts';

const raw = (configYAML: string) => ({ configYAML });
const quiet = `
sources: [{name: a, git: {repository: r}, claims: {team: x}}]
registries: [{name: all, sources: [a], claims: {team: x}}]
database: {sslMode: require}
auth: {mode: oauth, authz: {roles: {superAdmin: []}}}
`;
const everyToken = (what: string) =>
  `EveryTokenIsSuperAdmin: spec.configYAML: auth.authz: ${what}, so every token is a superAdmin's, which may publish entries and add sources and views: set roles`;
const api =
  'is read only if it serves /openapi.yaml as https://registry.modelcontextprotocol.io does (info.version 1.0.0, and https://github.com/modelcontextprotocol/registry in info.description). A ToolHive registry server does not: read its entries from a file';

testWarnings([
  { spec: raw(quiet), expected: [], reason: 'a configuration of the user with nothing special' },
  {
    spec: raw('a: 1'),
    expected: [],
    reason: 'a configuration without any section, which the server refuses',
  },
  {
    spec: raw(`
      sources:
        - {name: a, format: toolhive, file: {path: a.json}, syncPolicy: {interval: 1m}}
        - {name: b, api: {endpoint: "https://example.com"}, syncPolicy: {interval: 90000h}}
        - {name: c, managed: {}}
      registries: [{name: all, sources: [a, b]}]
      database: {sslMode: verify-full}
      auth:
        publicPaths: [/v1]
        oauth: {scopesSupported: [s]}
        authz: {roles: {manageEntries: [{team: y}]}}
    `),
    expected: [
      'FormatIgnored: spec.configYAML: sources[0].format: toolhive is ignored by servers since v1.2: they read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and remove format',
      `ApiNotOfficial: spec.configYAML: sources[1].api.endpoint: ${api}`,
      'IntervalTooShort: spec.configYAML: sources[0].syncPolicy.interval: is shorter than 2 minutes, which is about how often the server looks for changes: set 2m or longer',
      'CertificateNamesLocalhost: spec.configYAML: database.sslMode: is verify-full, which checks the certificate of the database against the name localhost: the server does not become ready unless the certificate has that name too. Use verify-ca, with the CA in PGSSLROOTCERT',
      'PublicWrites: spec.configYAML: auth.publicPaths[0]: opens /v1 to callers without a token, who may then publish entries and add sources and views: list paths below /registry only',
      "ViewWithoutClaims: spec.configYAML: registries[0].claims: missing: with authz, a view without claims answers 403 to every token but a superAdmin's. Set the claims that a token must carry",
      "SourceWithoutClaims: spec.configYAML: sources[0].claims, spec.configYAML: sources[1].claims: missing: with authz, entries of a source without claims are hidden from every token but a superAdmin's. Set the claims that a token must carry",
      'ManagedSourceWithoutClaims: spec.configYAML: sources[2].claims: missing: with authz, only a superAdmin can publish to a managed source without claims, and manageEntries does not suffice. Set the claims that a publisher carries',
      'ScopesIgnored: spec.configYAML: auth.oauth.scopesSupported: has no effect: no server since v1.4.4 publishes it. Remove it',
    ],
    reason: 'a configuration of the user with all that the typed fields are warned about',
  },
  {
    spec: raw('auth: {mode: anonymous}'),
    expected: [
      'AnonymousWrites: spec.configYAML: auth.mode: is anonymous: whoever reaches the Service may also publish entries and add sources and views. Set oauth, or limit who reaches it with a NetworkPolicy',
    ],
    reason: 'a configuration of the user that lets everybody in',
  },
  ...[
    '{mode: oauth}',
    '{oauth: {}}',
    '{mode: oauth, authz: {}}',
    '{mode: oauth, authz: {roles: {superAdmin: null}}}',
  ].map((auth) => ({
    spec: raw(`auth: ${auth}`),
    expected: [everyToken(auth.includes('authz') ? 'has no list of roles' : 'is not set')],
    reason: `roles that the server takes for none, ${auth}`,
  })),
  {
    spec: raw(`
      x: &common {claims: {team: x}, syncPolicy: &rarely {interval: 87600h}}
      sources:
        - {<<: *common, name: a, file: {path: a.json}}
        - {name: b, claims: {team: y}, file: {path: b.json}, syncPolicy: *rarely}
      registries: [{<<: *common, name: all, sources: [a, b]}]
      auth: {mode: oauth, authz: {roles: {superAdmin: []}}}
    `),
    expected: [],
    reason: 'what comes by aliases and merge keys',
  },
  {
    spec: raw(`
      sources: [7, null, [], {name: {}, api: [], format: [toolhive], syncPolicy: 7}, {name: b, api: {endpoint: {}}}]
      registries: [7, {name: [], sources: 7}]
      database: 7
      auth: {mode: {}, publicPaths: {}, oauth: 7, authz: []}
    `),
    expected: [
      `ApiNotOfficial: spec.configYAML: sources[3].api.endpoint, spec.configYAML: sources[4].api.endpoint: ${api}`,
      'ChangesMayBeMissed: spec.configYAML: sources[0], spec.configYAML: sources[1], spec.configYAML: sources[2] and 2 more: are read in turn: the server reads one source when it starts and then one about every 2 minutes, so the last of 5 is served after about 8 minutes. Later it looks only at the source that changed longest ago until that changes again, and misses the changes of others. Serve each source from an MCPRegistry of its own; or, once a source that never changes is complete, set its interval to 87600h, with which it is read again only under a new name',
    ],
    reason: 'a configuration that holds anything',
  },
]);

test('a spec with problems has no warnings', async (t) => {
  const { registry, readable } = readSpec({ sources: 7, authConfig: { mode: 'anonymous' } }) as {
    registry?: unknown;
    readable?: { warnings: unknown };
  };
  t.equal(registry, undefined);
  t.strictSame(readable?.warnings, []);
});

/** Configurations with as many items of some kind as a text of a size has room for. */
const texts: Readonly<Record<string, (size: number) => string>> = {
  sources: (size) => `sources:\n${items(size, (index) => `- {name: s${index}, format: toolhive}\n`)}`,
  views: (size) =>
    `registries:\n${items(size, (index) => `- {name: v${index}, sources: [s]}\n`)}auth: {mode: oauth, authz: {roles: {a: []}}}`,
  'public paths': (size) =>
    `registries: [{name: a, claims: {a: b}}]\nauth: {mode: oauth, publicPaths: [${items(size, (index) => `/registry/a/${index},`)}], authz: {roles: {a: []}}}`,
  'one long public path': (size) =>
    `x: &p "${'/a'.repeat(size / 2)}"\nauth: {mode: oauth, publicPaths: [${items(size, () => '*p,')}], authz: {roles: {a: []}}}`,
  'views of one view, and public paths': (size) =>
    `x: &v {name: a, claims: {a: b}}\nregistries: [${items(size, () => '*v,')}]\nauth: {mode: oauth, publicPaths: [${items(size, () => '/registry/a,')}], authz: {roles: {a: []}}}`,
  'views of one list of sources': (size) =>
    `x: &s [${items(size / 2, (index) => `s${index},`)}]\nregistries:\n${items(size / 2, (index) => `- {name: v${index}, sources: *s}\n`)}auth: {mode: oauth, authz: {roles: {a: []}}}`,
  'sources with one map of claims': (size) =>
    `x: &c {${items(size / 2, (index) => `c${index}: a,`)}}\nsources:\n${items(size / 2, (index) => `- {name: v${index}, claims: *c}\n`)}auth: {mode: oauth, authz: {roles: {a: []}}}`,
  'maps that one map is merged into': (size) =>
    `x: &c {${items(size / 2, (index) => `c${index}: a,`)}}\nsources:\n${items(size / 2, () => '- {<<: *c}\n')}`,
  'maps that one list of maps is merged into': (size) =>
    `x: &c [${items(size / 2, (index) => `{c${index}: a},`)}]\nsources:\n${items(size / 2, () => '- {<<: *c}\n')}`,
  'aliases of each other': (size) =>
    `x0: &x0 [a]\n${items(size, (index) => `x${index + 1}: &x${index + 1} [*x${index}, *x${index}]\n`)}sources: *x1`,
  'merges of each other': (size) =>
    `x0: &x0 {a: b}\n${items(size, (index) => `x${index + 1}: &x${index + 1} {<<: [*x${index}, *x${index}]}\n`)}sources: [*x1]`,
};

function items(size: number, write: (index: number) => string): string {
  const all = Array.from({ length: size / write(1000).length }, (_, index) => write(index));
  return all.join('');
}

for (const [what, write] of Object.entries(texts)) {
  test(`a configuration of ten times as many ${what} takes about ten times as long`, async (t) => {
    const { problems } = readSpec({ configYAML: write(100_000) });
    t.strictSame(problems, undefined, 'it is read to its end');
    t.equal(
      growth((size) => withSpec({ configYAML: write(size) }), 100_000),
      undefined,
    );
  });
}
