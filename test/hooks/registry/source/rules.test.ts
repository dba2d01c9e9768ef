import { test } from 'tap';
import { describe } from '../../../../hooks/problem.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { git, inlineOf, source, sourceOf, testRefusals, typed, view } from '../../../support/refusals.ts';

const kinds = 'configMapRef, git, api, url, pvcRef, inline, managed, kubernetes';
const inlineKinds = 'configMapRef, git, api, pvcRef';

const lowerCase = (name: string) =>
  `must have a name in lower case, found "${name}": the server lower-cases it, so that it never matches the claim of a token. Use a claim whose name has no capital letters`;

testRefusals([
  {
    spec: { ...typed, registries: [{ name: 'all' }] },
    expected: 'spec.registries[0].sources: is required: name at least one of spec.sources',
    reason: 'a view of nothing',
  },
  {
    spec: { ...typed, registries: [{ name: 'all', sources: ['a', 'b'] }] },
    expected:
      'spec.registries[0].sources[1]: names "b", which is not in spec.sources (a): list it there or remove it',
    reason: 'a view of an unknown source',
  },
  {
    spec: { ...typed, registries: [{ name: 'all', git }] },
    expected:
      'spec.registries[0].git: is a source inside a view: move it to spec.sources and name it in sources',
    reason: 'the two forms mixed',
  },
  {
    spec: { registries: [view] },
    expected: 'spec.registries[0].sources: names sources, but there is no spec.sources: list them there',
    reason: 'a view without sources',
  },
  {
    spec: { ...typed, registries: [view, { ...view }] },
    expected: 'spec.registries[1].name: is taken by spec.registries[0]: "all" must be unique',
    reason: 'two views of one name',
  },
  {
    spec: { ...typed, sources: [source, source] },
    expected: 'spec.sources[1].name: is taken by spec.sources[0]: "a" must be unique',
    reason: 'two sources of one name',
  },
  {
    spec: sourceOf({ git: undefined }),
    expected: `spec.sources[0]: must have exactly one of ${kinds}, found none`,
    reason: 'a source of no kind',
  },
  {
    spec: sourceOf({ managed: {}, api: { endpoint: 'http://x' } }),
    expected: `spec.sources[0]: must have exactly one of ${kinds}, found git and api and managed`,
    reason: 'a source of three kinds',
  },
  {
    spec: inlineOf({ git: undefined, url: { endpoint: 'https://x' } }),
    expected: `spec.registries[0]: must have exactly one of ${inlineKinds}, found none`,
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
    expected: 'spec.sources[1].managed: a registry can have one managed source: remove this one',
    reason: 'two managed sources',
  },
  ...['main', '1234567', 'a'.repeat(39), 'a'.repeat(41), `${'a'.repeat(39)}g`, 'a'.repeat(64)].map(
    (commit) => ({
      spec: sourceOf({ git: { repository: git.repository, commit } }),
      expected: `spec.sources[0].git.commit: must be the 40 hexadecimal digits of a commit, found ${describe(commit)}`,
      reason: `a commit that the server does not find, ${commit}`,
    }),
  ),
  {
    spec: inlineOf({ git: { repository: git.repository, tag: 'refs/tags/v1', commit: 'main' } }),
    expected:
      'spec.registries[0].git.tag: must be a name alone, not one below refs/: the server adds "refs/tags/", found "refs/tags/v1"',
    reason: 'a tag that the server does not find, with a commit that is not read',
  },
  ...['/registry.json', './registry.json', '../a.json', 'a/../b.json', 'a//b.json', 'a/./b.json'].map(
    (path) => ({
      spec: sourceOf({ git: { ...git, path } }),
      expected: `spec.sources[0].git.path: must be a path such as data/registry.json, below the root of the repository: remove a "/" at its start, and each "." and "..", found "${path}"`,
      reason: `a path that the server does not find, ${path}`,
    }),
  ),
  {
    spec: sourceOf({ git: { ...git, branch: 'refs/heads/main' } }),
    expected:
      'spec.sources[0].git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/", found "refs/heads/main"',
    reason: 'a branch by its whole name',
  },
  {
    spec: inlineOf({ git: { repository: git.repository, tag: 'refs/tags/v1' } }),
    expected:
      'spec.registries[0].git.tag: must be a name alone, not one below refs/: the server adds "refs/tags/", found "refs/tags/v1"',
    reason: 'a tag by its whole name',
  },
  {
    spec: sourceOf({ git: { ...git, repository: 'git://u:p@example.com/a.git' } }),
    expected:
      'spec.sources[0].git.repository: has a user or password, which git:// does not send: use https:// and git.auth',
    reason: 'credentials where the protocol has none',
  },
  {
    spec: sourceOf({ git: { ...git, branch: 'refs/tags/v1' } }),
    expected:
      'spec.sources[0].git.branch: must be a name alone, not one below refs/: the server adds "refs/heads/", found "refs/tags/v1"',
    reason: 'a full reference of another kind',
  },
  {
    spec: sourceOf({
      git: {
        ...git,
        repository: 'git://x/a.git',
        auth: { username: 'u', passwordSecretRef: { name: 's', key: 'k' } },
      },
    }),
    expected:
      'spec.sources[0].git.auth: has no effect with git://, and the server fails on it: use https://, or remove it',
    reason: 'credentials for a protocol without any',
  },
  {
    spec: sourceOf({
      git: { ...git, auth: { username: 'u', passwordSecretRef: { name: 's', key: 'k', optional: true } } },
    }),
    expected:
      'spec.sources[0].git.auth.passwordSecretRef.optional: must not be true, because the server does not run without it: remove it',
    reason: 'a password that the server ends without',
  },
  {
    spec: { ...typed, pgpassSecretRef: { name: 's', key: 'k', optional: true } },
    expected:
      'spec.pgpassSecretRef.optional: must not be true, because the server does not run without it: remove it',
    reason: 'a pgpass file that the pod does not start without',
  },
  {
    spec: sourceOf({ claims: { Team: 'a', org: 'B' } }),
    expected: `spec.sources[0].claims.Team: ${lowerCase('Team')}`,
    reason: 'a claim of a source that never matches',
  },
  {
    spec: { ...typed, registries: [{ ...view, claims: { orgID: ['a'] } }] },
    expected: `spec.registries[0].claims.orgID: ${lowerCase('orgID')}`,
    reason: 'a claim of a view that never matches',
  },
  {
    spec: inlineOf({ claims: { 'https://x.example/Role': 'a' } }),
    expected: `spec.registries[0].claims.https://x.example/Role: ${lowerCase('https://x.example/Role')}`,
    reason: 'a claim of an inline entry that never matches',
  },
  {
    spec: sourceOf({ git: undefined, pvcRef: { claimName: 'data', path: '../x.json' } }),
    expected: 'spec.sources[0].pvcRef.path: must stay inside the volume: remove "..", found "../x.json"',
    reason: 'a path out of the volume',
  },
  {
    spec: sourceOf({ git: undefined, url: { endpoint: 'https://a b/x', timeout: '9999999999h' } }),
    expected:
      'spec.sources[0].url.endpoint: must be an absolute URL with a host and no spaces, found "https://a b/x"; spec.sources[0].url.timeout: must be at most 290 years, which the server can count, found "9999999999h"',
    reason: 'a URL and a duration that the server refuses',
  },
  ...['0s', '5m1ns', '301s', '9999999999h'].map((timeout) => ({
    spec: sourceOf({ git: undefined, api: { endpoint: 'https://x', timeout } }),
    expected: `spec.sources[0].api.timeout: must be longer than 0, and at most 5m, found "${timeout}"`,
    reason: `a time for a request that the server refuses, ${timeout}`,
  })),
  {
    spec: inlineOf({ git: undefined, api: { endpoint: 'https://x', timeout: '1h' } }),
    expected: 'spec.registries[0].api.timeout: must be longer than 0, and at most 5m, found "1h"',
    reason: 'the same in the oldest form',
  },
  {
    spec: sourceOf({ syncPolicy: { interval: '0s' } }),
    expected: 'spec.sources[0].syncPolicy.interval: must be longer than 0, found "0s"',
    reason: 'an interval of nothing',
  },
]);

test('messages do not grow with the square of what was posted: known names are listed once, and cut short', async (t) => {
  const sources = Array.from({ length: 40 }, (_, index) => ({
    name: `${'s'.repeat(5000)}${index}`,
    managed: {},
  }));
  const registries = Array.from({ length: 200 }, (_, index) => ({ name: `v${index}`, sources: ['none'] }));
  const { problems = [] } = readSpec({ sources, registries });
  const unknown = problems.filter(({ message }) => message.startsWith('names "none"'));
  t.equal(unknown.length, 200);
  t.ok(unknown.every(({ message }) => message.length < 400));
});

test('what the server reads is accepted', async (t) => {
  const accepted: Record<string, object> = {
    'no branch, tag or commit': { repository: git.repository },
    'a commit in capitals': { repository: git.repository, commit: 'ABCDEF0123'.repeat(4) },
    'a branch before a tag and a commit that the server would not find': {
      ...git,
      tag: 'refs/tags/v1',
      commit: '1234567',
    },
    'a tag before a commit that the server would not find': {
      repository: git.repository,
      tag: 'v1',
      commit: '1234567',
    },
    'names with dots': { ...git, path: '.data/a..b/.registry.json' },
    'a password that is not optional': {
      ...git,
      auth: { username: 'u', passwordSecretRef: { name: 's', key: 'k', optional: false } },
    },
  };
  for (const [reason, changed] of Object.entries(accepted)) {
    t.strictSame(readSpec(sourceOf({ git: changed })).problems, undefined, reason);
  }
  const names = ['a/b', 'a?b', '#', 'é', '日本', '"{}"', '.'];
  t.strictSame(
    readSpec({ ...typed, registries: names.map((name) => ({ name, sources: ['a'] })) }).problems,
    undefined,
    'names of views that are escaped in a URL',
  );
  const claims = { team: 'Capital', 'https://x.example/role': ['A'], ß: 'x' };
  t.strictSame(readSpec(sourceOf({ claims })).problems, undefined, 'claims with capitals in their values');
});
