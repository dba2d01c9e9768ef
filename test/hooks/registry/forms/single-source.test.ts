import { test } from 'tap';
import { formatProblems } from '../../../../hooks/problem.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { git, source as namedSource, testRefusals, view } from '../../../support/refusals.ts';
import { authConfig, testWarnings } from '../../../support/warnings.ts';

const configMap = { name: 'catalog', key: 'registry.json' };
const api = { endpoint: 'https://registry.modelcontextprotocol.io' };

testRefusals([
  {
    spec: { source: {} },
    expected: 'spec.source.configMapRef: is required with type configmap: set it to an object',
    reason: 'no field that holds the source',
  },
  {
    spec: { source: { type: 'git' } },
    expected: 'spec.source.git: is required with type git: set it to an object',
    reason: 'a type without its field',
  },
  {
    spec: { source: { git } },
    expected:
      'spec.source.type: is configmap (the default), but there is no configMapRef: set it to git, or add configMapRef',
    reason: 'the type that was forgotten',
  },
  {
    spec: { source: { type: 'api', configmap: { name: 'catalog' } } },
    expected: 'spec.source.type: is api, but there is no api: set it to configmap, or add api',
    reason: 'the field of another type',
  },
  {
    spec: { source: { type: 'url', git } },
    expected: 'spec.source.type: must be one of configmap, git, api, found "url"',
    reason: 'a type that no release had',
  },
  {
    spec: { source: { configmap: { key: 'a' } } },
    expected:
      'spec.source.configmap.name: is required: set it to the name of an object (lower-case letters, digits, "-" and ".")',
    reason: 'a ConfigMap without a name',
  },
  {
    spec: { source: { type: 'git', git }, sources: [namedSource], registries: [view] },
    expected:
      "spec.source: can't be combined with spec.sources and spec.registries: keep either the one source or the lists",
    reason: 'one source beside lists',
  },
  {
    spec: { source: { type: 'git', git }, registries: [namedSource] },
    expected: "spec.source: can't be combined with spec.registries: keep either the one source or the lists",
    reason: 'one source beside one in a view',
  },
  {
    spec: {
      source: { type: 'git', git: { ...git, repository: 'git://u@x/a', branch: 'refs/heads/main' } },
      syncPolicy: { interval: '0s' },
      filter: { names: { include: ['[z-a]'] } },
    },
    expected: [
      'spec.source.git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/", found "refs/heads/main"',
      'spec.source.git.repository: has a user or password, which git:// does not send: use https:// and git.auth',
      'spec.syncPolicy.interval: must be longer than 0, found "0s"',
      'spec.filter.names.include[0]: must have one range such as [a-z], or some characters such as [abc], in each "[…]", found "[z-a]": the server excludes every entry otherwise',
    ].join('; '),
    reason: 'what the server refuses in any source',
  },
]);

const quiet = { authConfig };
const everyToken =
  "EveryTokenIsSuperAdmin: spec.authConfig.authz: is not set, so every token is a superAdmin's, which may publish entries and add sources and views: set roles";

testWarnings([
  {
    spec: {
      ...quiet,
      source: {
        type: 'git',
        format: 'upstream',
        git,
        api,
        configmap: { name: 'a' },
        configMapRef: configMap,
      },
    },
    expected: [
      'FieldIgnored: spec.source.configMapRef, spec.source.configmap, spec.source.api: is not read, because spec.source.type is git: remove it, or change type',
      everyToken,
    ],
    reason: 'the fields of other types',
  },
  {
    spec: { ...quiet, source: { format: 'upstream', git, configmap: { name: 'a' } } },
    expected: [
      'FieldIgnored: spec.source.git: is not read, because spec.source.type is configmap (the default): remove it, or change type',
      everyToken,
    ],
    reason: 'a repository where the type was forgotten',
  },
  {
    spec: { ...quiet, source: { format: 'upstream', configmap: { name: 'a' }, configMapRef: configMap } },
    expected: [
      'FieldIgnored: spec.source.configmap: is not read, because configMapRef is set: remove one of them',
      everyToken,
    ],
    reason: 'the field of two releases',
  },
  {
    spec: {
      ...quiet,
      source: {
        format: 'toolhive',
        type: 'git',
        git: { ...git, tag: 'v1', repository: 'https://u@x/a.git' },
      },
      syncPolicy: { interval: '1m' },
    },
    expected: [
      'FieldIgnored: spec.source.git.tag: is not read, because branch is set: remove one of them',
      'FormatIgnored: spec.source.format: toolhive is ignored by servers since v1.2: they read the upstream format only, and take no entries from a file in the ToolHive format. Convert such a file, and remove format',
      'CredentialsInUrl: spec.source.git.repository: has a user or password in the URL, which is in the ConfigMap, and which GET /v1/sources shows to everyone who may call it: for a Git repository use git.auth, for others a file',
      'IntervalTooShort: spec.syncPolicy.interval: is shorter than 2 minutes, which is about how often the server looks for changes: set 2m or longer',
      everyToken,
    ],
    reason: 'what any source is warned about, by the fields that it has here',
  },
  {
    spec: {
      ...quiet,
      sources: [namedSource],
      registries: [view],
      syncPolicy: { interval: '1h' },
      filter: {},
    },
    expected: [
      'FieldIgnored: spec.syncPolicy, spec.filter: is read with spec.source only: set it for each source, and remove it here',
      everyToken,
    ],
    reason: 'an interval and a filter without the source that they are for',
  },
  {
    spec: {
      configYAML: 'auth: {mode: oauth, authz: {roles: {superAdmin: []}}}',
      syncPolicy: { interval: '1h' },
      filter: {},
    },
    expected: [
      'FieldIgnored: spec.syncPolicy, spec.filter: is read with spec.source only: set it in configYAML, and remove it here',
    ],
    reason: 'an interval and a filter beside a whole configuration',
  },
]);

test('the pod template is judged by what a right source mounts, whatever else is wrong', async (t) => {
  const spec = {
    source: { configmap: { name: 'catalog' } },
    displayName: 7,
    volumeMounts: [{ name: 'registry-server-config', mountPath: '/x' }],
  };
  const { problems = [], readable } = readSpec(spec) as Exclude<
    ReturnType<typeof readSpec>,
    { registry: object }
  >;
  t.equal(formatProblems(problems), 'spec.displayName: must be a string, found 7');
  t.strictSame(
    readable.pod.volumeMounts.map(({ mountPath }) => mountPath),
    ['/config/registry/catalog'],
  );
});

test('the pod of a wrong source is not known', async (t) => {
  const read = readSpec({ source: { configmap: {} } }) as Exclude<
    ReturnType<typeof readSpec>,
    { registry: object }
  >;
  t.strictSame(read.unknown, { config: true, volumes: true, variables: false, pgpass: false });
  t.strictSame(read.readable.pod.volumes, []);
});
