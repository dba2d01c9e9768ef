import { git } from '../../../support/refusals.ts';
import {
  authConfig,
  authOf,
  claimedSource,
  claimedView,
  quiet,
  testWarnings,
} from '../../../support/warnings.ts';

const anonymous = (found: string) =>
  `AnonymousWrites: spec.authConfig.mode: is ${found}: whoever reaches the Service may also publish entries and add sources and views. Set oauth, or limit who reaches it with a NetworkPolicy`;
const view = (fields: string) =>
  `ViewWithoutClaims: ${fields}: missing: with authz, a view without claims answers 403 to every token but a superAdmin's. Set the claims that a token must carry`;
const source = (fields: string, annotation = '') =>
  `SourceWithoutClaims: ${fields}: missing: with authz, entries of a source without claims are hidden from every token but a superAdmin's${annotation}. Set the claims that a token must carry`;
const managedSource =
  'ManagedSourceWithoutClaims: spec.sources[0].claims: missing: with authz, only a superAdmin can publish to a managed source without claims, and manageEntries does not suffice. Set the claims that a publisher carries';
const publicWrites = (fields: string) =>
  `PublicWrites: ${fields}: opens /v1 to callers without a token, who may then publish entries and add sources and views: list paths below /registry only`;
const publicClaims = (fields: string, views: string) =>
  `PublicClaims: ${fields}: shows all entries of ${views} to callers without a token, also those with claims: remove it if the claims are to keep them from anybody`;
const everyToken =
  "EveryTokenIsSuperAdmin: spec.authConfig.authz: is not set, so every token is a superAdmin's, which may publish entries and add sources and views: set roles";

const otherForm =
  'Use spec.sources and views of them, which have a field for the claims that a token must carry; a source default is left out with spec.defaultSource: false';
const provider = { issuerUrl: 'https://i', audience: 'a' };
const reference = { name: 'n', key: 'k' };

const bareSource = { name: 'a', git };
const bareView = { name: 'all', sources: ['a'] };
const paths = (...publicPaths: readonly string[]) => authOf({ publicPaths });
const at = (index: number) => `spec.authConfig.publicPaths[${index}]`;

testWarnings([
  {
    spec: { ...quiet, authConfig: undefined },
    expected: [anonymous('anonymous (the default)')],
    reason: 'nothing is said about who may call',
  },
  {
    spec: { ...quiet, authConfig: { mode: 'anonymous', publicPaths: ['/'] } },
    expected: [anonymous('anonymous')],
    reason: 'everybody may call, on purpose',
  },
  {
    spec: { ...quiet, authConfig },
    expected: [everyToken],
    reason: 'no roles, where claims mean nothing either',
  },
  {
    spec: authOf({ authz: {} }),
    expected: [],
    reason: 'roles that nobody has, which become four empty lists',
  },
  {
    spec: authOf({ oauth: { ...authConfig.oauth, scopesSupported: ['read'] } }),
    expected: [
      'ScopesIgnored: spec.authConfig.oauth.scopesSupported: has no effect: no server since v1.4.4 publishes it. Remove it',
    ],
    reason: 'scopes that nobody reads',
  },
  {
    spec: authOf({ oauth: { ...authConfig.oauth, scopesSupported: [] } }),
    expected: [],
    reason: 'no scopes',
  },

  {
    spec: {
      ...quiet,
      registries: [claimedView, { ...bareView, name: 'b' }, { ...bareView, name: 'c', claims: {} }],
    },
    expected: [view('spec.registries[1].claims, spec.registries[2].claims')],
    reason: 'views that nobody may read',
  },
  {
    spec: {
      ...quiet,
      registries: Array.from({ length: 10 }, (_, index) => ({ ...bareView, name: `v${index}` })),
    },
    expected: [
      view('spec.registries[0].claims, spec.registries[1].claims, spec.registries[2].claims and 7 more'),
    ],
    reason: 'many views that nobody may read',
  },
  {
    spec: { ...quiet, sources: [bareSource] },
    expected: [source('spec.sources[0].claims')],
    reason: 'a source whose entries nobody sees',
  },
  {
    spec: { ...quiet, sources: [{ name: 'a', kubernetes: {} }] },
    expected: [
      source(
        'spec.sources[0].claims',
        ', unless an MCP server has the annotation toolhive.stacklok.dev/authz-claims',
      ),
    ],
    reason: 'a source whose entries may bring claims',
  },
  {
    spec: { ...quiet, sources: [claimedSource, { ...bareSource, name: 'b', managed: {}, git: undefined }] },
    expected: [managedSource.replace('[0]', '[1]')],
    reason: 'a managed source that no view serves, to which nobody can publish',
  },
  {
    spec: { ...quiet, sources: [{ name: 'a', managed: {} }] },
    expected: [managedSource],
    reason: 'a managed source, whose entries have claims of their own',
  },
  {
    spec: { ...quiet, sources: undefined, registries: [bareSource], defaultSource: false },
    expected: [view('spec.registries[0].claims'), source('spec.registries[0].claims')],
    reason: 'an entry of the oldest form, which is a view and a source',
  },
  {
    spec: { ...quiet, sources: undefined, registries: [{ ...bareSource, claims: { team: 'x' } }] },
    expected: [
      `ViewWithoutClaims: spec.defaultSource: has no claims: with authz, a view without claims answers 403 to every token but a superAdmin's. ${otherForm}`,
      `SourceWithoutClaims: spec.defaultSource: has no claims: with authz, entries of a source without claims are hidden from every token but a superAdmin's, unless an MCP server has the annotation toolhive.stacklok.dev/authz-claims. ${otherForm}`,
    ],
    reason: 'the source and view that nobody wrote',
  },
  {
    spec: {
      ...quiet,
      sources: undefined,
      registries: undefined,
      source: { type: 'git', git, format: 'upstream' },
    },
    expected: [
      `ViewWithoutClaims: spec.source: has no claims: with authz, a view without claims answers 403 to every token but a superAdmin's. ${otherForm}`,
      `SourceWithoutClaims: spec.source: has no claims: with authz, entries of a source without claims are hidden from every token but a superAdmin's. ${otherForm}`,
    ],
    reason: 'the one source of the first releases, which had no claims',
  },
  {
    spec: authOf({
      oauth: {
        providers: [
          { ...provider, name: 'a', caCertRef: reference, authTokenRef: reference },
          { ...provider, name: 'b', caCertRef: reference, caCertPath: '/ca.crt' },
          { ...provider, name: 'c', authTokenRef: reference, authTokenFile: '/token' },
        ],
      },
    }),
    expected: [
      'FieldIgnored: spec.authConfig.oauth.providers[1].caCertRef: is not read, because caCertPath is set: remove one of them',
      'FieldIgnored: spec.authConfig.oauth.providers[2].authTokenRef: is not read, because authTokenFile is set: remove one of them',
    ],
    reason: 'references of files that are read by their paths',
  },

  {
    spec: paths('/v1/entries', '/v1x', '/registry/../v1'),
    expected: [publicWrites(`${at(0)}, ${at(2)}`)],
    reason: 'paths of the API that changes everything',
  },
  {
    spec: { ...quiet, authConfig: { ...authConfig, publicPaths: ['/v1'] } },
    expected: [publicWrites(at(0)), everyToken],
    reason: 'a path of the API that changes everything, without roles',
  },
  {
    spec: paths('/'),
    expected: [publicWrites(at(0)), publicClaims(at(0), 'all')],
    reason: 'everything is public',
  },
  ...[
    '/registry',
    '/registry/all',
    '/registry/all/',
    '/registry//all/v0.1',
    '/registry/all/v0.1/servers',
  ].map((path) => ({
    spec: paths(path),
    expected: [publicClaims(at(0), 'all')],
    reason: `a public path, ${path}, of a view with claims`,
  })),
  ...['/registry/al', '/registry/all2/v0.1', '/registries/all', '/openapi.json'].map((path) => ({
    spec: paths(path),
    expected: [],
    reason: `a public path, ${path}, of no view`,
  })),
  {
    spec: {
      ...paths('/registry/b/v0.1'),
      sources: [claimedSource, { ...bareSource, name: 'b' }],
      registries: [claimedView, { name: 'b', sources: ['b'] }],
    },
    expected: [
      'ChangesMayBeMissed: spec.sources[0], spec.sources[1]: are read in turn: the server reads one source when it starts and then one about every 2 minutes, so the last of 2 is served after about 2 minutes. Later it looks only at the source that changed longest ago until that changes again, and misses the changes of others. Serve each source from an MCPRegistry of its own; or, once a source that never changes is complete, set its interval to 87600h, with which it is read again only under a new name',
    ],
    reason: 'a public view of a source without claims, which everybody may see',
  },
  {
    spec: { ...paths('/registry/all/v0.1/servers'), sources: [bareSource], registries: [bareView] },
    expected: [view('spec.registries[0].claims'), source('spec.sources[0].claims')],
    reason: 'a view of which a part is public',
  },
  {
    spec: { ...paths('/registry/all'), registries: [bareView] },
    expected: [publicClaims(at(0), 'all')],
    reason: 'a public view of a source with claims',
  },
  {
    spec: {
      ...paths('/registry/v0', '/registry/v1', '/registry/v2', '/registry/v3', '/registry/v3/v0.1'),
      registries: Array.from({ length: 4 }, (_, index) => ({ ...claimedView, name: `v${index}` })),
    },
    expected: [publicClaims(`${at(0)}, ${at(1)}, ${at(2)} and 2 more`, 'v0, v1, v2 and 1 more')],
    reason: 'many public views',
  },
]);
