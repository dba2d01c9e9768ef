import { git, sourceOf, testRefusals, typed } from '../../../support/refusals.ts';

const dnsLabel = 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends';

const repositoryUrl =
  'must be a repository URL that starts with https://, http:// or git:// (the image of the server has no git for file://, and no SSH agent for ssh:// and git@)';

testRefusals([
  {
    spec: { ...typed, registries: [{ sources: ['a'] }] },
    expected:
      'spec.registries[0].name: is required: set it to a name without white space and "%", which the server does not serve',
    reason: 'a view without a name',
  },
  {
    spec: sourceOf({ name: 'Big_Name' }),
    expected: `spec.sources[0].name: must be ${dnsLabel}, found "Big_Name"; spec.registries[0].sources[0]: names "a", which is not in spec.sources (Big_Name): list it there or remove it`,
    reason: 'a name that the server refuses',
  },
  {
    spec: sourceOf({ git: { ...git, branch: '' } }),
    expected: 'spec.sources[0].git.branch: must not be empty: give it a value or leave it out',
    reason: 'an empty branch',
  },
  {
    spec: sourceOf({ git: { ...git, repository: 'example.com/a.git' } }),
    expected: `spec.sources[0].git.repository: ${repositoryUrl}, found "example.com/a.git"`,
    reason: 'a repository without a scheme',
  },
  ...['git@github.com:a/b.git', 'ssh://git@example.com/a.git', 'file:///srv/a.git'].map((repository) => ({
    spec: sourceOf({ git: { ...git, repository } }),
    expected: `spec.sources[0].git.repository: ${repositoryUrl}, found "${repository}"`,
    reason: `a repository that the image of the server can't read, ${repository}`,
  })),
  ...['my view', 'a\tb', 'a\nb', 'a\rb', '50%', 'a%41b'].map((name) => ({
    spec: { ...typed, registries: [{ name, sources: ['a'] }] },
    expected: `spec.registries[0].name: must be a name without white space and "%", which the server does not serve, found ${JSON.stringify(name)}`,
    reason: `a view that the server does not serve, ${JSON.stringify(name)}`,
  })),
  {
    spec: { ...typed, registries: [{ name: '', sources: ['a'] }] },
    expected: 'spec.registries[0].name: must not be empty: give it a value or leave it out',
    reason: 'a view with an empty name',
  },
  {
    spec: sourceOf({ git: { ...git, path: 'registry.yaml' } }),
    expected: 'spec.sources[0].git.path: must be the path of a .json file, found "registry.yaml"',
    reason: 'a file of another format',
  },
  {
    spec: sourceOf({ format: 'mcp' }),
    expected: 'spec.sources[0].format: must be one of toolhive, upstream, found "mcp"',
    reason: 'an unknown format',
  },
  {
    spec: sourceOf({ syncPolicy: { interval: '30 minutes' } }),
    expected:
      'spec.sources[0].syncPolicy.interval: must be a Go duration such as 30m or 1h30m, found "30 minutes"',
    reason: 'no Go duration',
  },
  {
    spec: sourceOf({ claims: { team: 7 } }),
    expected: 'spec.sources[0].claims.team: must be a string or a list of strings, found 7',
    reason: 'a claim of another type',
  },
  {
    spec: sourceOf({ git: undefined, configMapRef: { name: 'a' } }),
    expected:
      'spec.sources[0].configMapRef.key: is required: set it to a key of its data (letters, digits, "-", "_" and ".")',
    reason: 'a reference to no key',
  },
  {
    spec: {
      ...typed,
      sources: Array.from({ length: 21 }, (_, index) => ({ name: 'a'.repeat(index + 1), git })),
    },
    expected: 'spec.sources: may have at most 20 items, found 21: remove some',
    reason: 'too many sources',
  },
  {
    spec: sourceOf({ claims: { 'a\nb': 7 } }),
    expected: 'spec.sources[0].claims.a\nb: must be a string or a list of strings, found 7',
    reason: 'a claim of another type under a key with a line break',
  },
  {
    spec: sourceOf({ claims: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [index, ''])) }),
    expected: 'spec.sources[0].claims: may have at most 1000 keys, found 1001: remove some',
    reason: 'too many claims',
  },
  {
    spec: sourceOf({ git: { ...git, branch: 'b'.repeat(4097) } }),
    expected: 'spec.sources[0].git.branch: may have at most 4096 characters, found 4097: shorten it',
    reason: 'a text that is too long',
  },
]);
