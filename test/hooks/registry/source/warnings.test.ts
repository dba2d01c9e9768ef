import { git } from '../../../support/refusals.ts';
import { quiet, sourcesOf, testWarnings } from '../../../support/warnings.ts';

const format = (fields: string) =>
  `FormatIgnored: ${fields}: toolhive is ignored by servers since v1.2: they read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and remove format`;
const api = (field: string) =>
  `ApiNotOfficial: ${field}: is read only if it serves /openapi.yaml as https://registry.modelcontextprotocol.io does (info.version 1.0.0, and https://github.com/modelcontextprotocol/registry in info.description). A ToolHive registry server does not: read its entries from a file`;
const credentials = (fields: string) =>
  `CredentialsInUrl: ${fields}: has a user or password in the URL, which is in the ConfigMap, and which GET /v1/sources shows to everyone who may call it: for a Git repository use git.auth, for others a file`;
const interval = (field: string) =>
  `IntervalTooShort: ${field}: is shorter than 2 minutes, which is about how often the server looks for changes: set 2m or longer`;
const turns = (fields: string, count: number, minutes: number) =>
  `ChangesMayBeMissed: ${fields}: are read in turn: the server reads one source when it starts and then one about every 2 minutes, so the last of ${count} is served after about ${minutes} minutes. Later it looks only at the source that changed longest ago until that changes again, and misses the changes of others. Serve each source from an MCPRegistry of its own; or, once a source that never changes is complete, set its interval to 87600h, with which it is read again only under a new name`;

const managed = { managed: {} };
const kubernetes = { kubernetes: {} };
const rarely = { syncPolicy: { interval: '87600h' } };
const commit = 'a'.repeat(40);
const every = (value: string) => ({ git, syncPolicy: { interval: value } });

testWarnings([
  { spec: quiet, expected: [], reason: 'one source, with nothing special' },

  {
    spec: sourcesOf({ git, format: 'toolhive' }),
    expected: [format('spec.sources[0].format')],
    reason: 'a file in a format that is not read',
  },
  { spec: sourcesOf({ git, format: 'upstream' }), expected: [], reason: 'a file in the format that is read' },
  { spec: sourcesOf({ git }), expected: [], reason: 'a file whose format nobody named' },
  {
    spec: sourcesOf({ ...managed, format: 'toolhive' }, { ...kubernetes, format: 'toolhive' }),
    expected: [],
    reason: 'a format of what is no file',
  },
  {
    spec: sourcesOf({
      api: { endpoint: 'https://registry.modelcontextprotocol.io/' },
      format: 'toolhive',
    }),
    expected: [],
    reason: 'a format of an API, and the official registry',
  },
  {
    spec: {
      ...quiet,
      sources: undefined,
      registries: [{ name: 'a', git, claims: { team: 'x' }, format: 'toolhive' }],
      defaultSource: false,
    },
    expected: [format('spec.registries[0].format')],
    reason: 'a source inside a view',
  },

  ...['https://a.example.com', 'https://registry.modelcontextprotocol.io.example.com', 'http://a/v0.1'].map(
    (endpoint) => ({
      spec: sourcesOf({ api: { endpoint } }),
      expected: [api('spec.sources[0].api.endpoint')],
      reason: `an API that may be of another registry server, ${endpoint}`,
    }),
  ),

  {
    spec: sourcesOf(
      { git: { ...git, tag: 'v1', commit }, ...rarely },
      { git: { repository: git.repository, tag: 'v1', commit }, ...rarely },
      { git: { ...git, commit }, ...rarely },
      { git: { repository: git.repository, commit } },
    ),
    expected: [
      'FieldIgnored: spec.sources[0].git.tag, spec.sources[0].git.commit, spec.sources[2].git.commit: is not read, because branch is set: remove one of them',
      'FieldIgnored: spec.sources[1].git.commit: is not read, because tag is set: remove one of them',
    ],
    reason: 'several things to check out, of which one is read',
  },
  {
    spec: {
      configYAML: `sources: [{name: a, git: {branch: main, tag: v1}}]\nauth: {mode: oauth, authz: {roles: {superAdmin: []}}}`,
    },
    expected: [],
    reason: 'several things to check out in a configuration of the user, which is passed on as it is',
  },

  {
    spec: sourcesOf({ git: { repository: 'https://me:s%40cret@git.example.com/catalog.git' } }),
    expected: [credentials('spec.sources[0].git.repository')],
    reason: 'a password in the URL of a repository',
  },
  {
    spec: sourcesOf({ url: { endpoint: 'https://token@example.com/registry.json' } }),
    expected: [credentials('spec.sources[0].url.endpoint')],
    reason: 'a user alone, which may be a token',
  },
  {
    spec: sourcesOf({ api: { endpoint: 'https://me@registry.modelcontextprotocol.io' } }),
    expected: [credentials('spec.sources[0].api.endpoint')],
    reason: 'a user in the URL of an API',
  },
  {
    spec: {
      configYAML:
        'sources: [{name: a, file: {url: "https://me:secret@example.com/registry.json"}}]\nauth: {mode: oauth, authz: {roles: {superAdmin: [{team: x}]}}}',
    },
    expected: [credentials('spec.configYAML: sources[0].file.url')],
    reason: 'a password in a configuration of the user',
  },
  {
    spec: sourcesOf({ git: { repository: 'https://example.com/@scope/catalog.git?by=me@b#@c' } }),
    expected: [],
    reason: 'an @ that is not in front of the host',
  },

  {
    spec: sourcesOf(every('1m59s')),
    expected: [interval('spec.sources[0].syncPolicy.interval')],
    reason: 'an interval that the server does not keep',
  },
  { spec: sourcesOf(every('2m')), expected: [], reason: 'the shortest interval that the server keeps' },
  {
    spec: sourcesOf({ ...managed, syncPolicy: { interval: '1s' } }),
    expected: [],
    reason: 'an interval of a source that is not read again',
  },

  {
    spec: sourcesOf({ git }, every('8760h')),
    expected: [turns('spec.sources[0], spec.sources[1]', 2, 2)],
    reason: 'two sources, the second of which is read a year later',
  },
  {
    spec: sourcesOf({ git }, every('87600h')),
    expected: [],
    reason: 'two sources, one of which is read once',
  },
  {
    spec: sourcesOf({ git }, managed, kubernetes),
    expected: [],
    reason: 'sources of which one is read again',
  },
  {
    spec: sourcesOf(...Array.from({ length: 20 }, () => ({ git }))),
    expected: [turns('spec.sources[0], spec.sources[1], spec.sources[2] and 17 more', 20, 38)],
    reason: 'twenty sources',
  },
  {
    spec: sourcesOf({ git, format: 'toolhive' }, { ...every('10s'), format: 'toolhive' }),
    expected: [
      format('spec.sources[0].format, spec.sources[1].format'),
      interval('spec.sources[1].syncPolicy.interval'),
      turns('spec.sources[0], spec.sources[1]', 2, 2),
    ],
    reason: 'several mistakes, one warning for each kind',
  },
]);
