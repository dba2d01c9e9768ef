import { test } from 'tap';
import { upstreamCatalog } from '../catalog.ts';
import { startWorld } from '../world.ts';
import { config, objectsOf, read, specOf } from './facts.ts';

const REPOSITORY = 'https://git.example.com/catalog.git';
const OF_MAIN = ['io.example/main'];
const OF_FOLDER = ['io.example/folder'];
const OF_TAG = ['io.example/tag'];

interface Case {
  readonly reason: string;
  /** Replaces fields of `git` in `config.yaml`; `$COMMIT` is the commit of the tag. */
  readonly git: Readonly<Record<string, unknown>>;
  /** The entries, or what the server says. */
  readonly expected: readonly string[] | RegExp;
}

const CASES: readonly Case[] = [
  { reason: 'a branch', git: { branch: 'main' }, expected: OF_MAIN },
  { reason: 'no branch, tag or commit', git: {}, expected: OF_MAIN },
  {
    reason: 'a branch as a reference',
    git: { branch: 'refs/heads/main' },
    expected: /couldn't find remote ref "refs\/heads\/refs\/heads\/main"/,
  },
  { reason: 'a tag', git: { tag: 'v1' }, expected: OF_TAG },
  { reason: 'a tag as a reference', git: { tag: 'refs/tags/v1' }, expected: /couldn't find remote ref/ },
  { reason: 'a commit of 40 digits', git: { commit: '$COMMIT' }, expected: OF_TAG },
  { reason: 'a short commit', git: { commit: '$SHORT' }, expected: /object not found/ },
  { reason: 'a commit that is a name', git: { commit: 'main' }, expected: /reference not found/ },
  { reason: 'a commit of 41 digits is cut to 40', git: { commit: '$COMMIT0' }, expected: OF_TAG },
  {
    reason: 'a path in a folder',
    git: { branch: 'main', path: 'folder/registry.json' },
    expected: OF_FOLDER,
  },
  { reason: 'an absolute path', git: { branch: 'main', path: '/registry.json' }, expected: /file not found/ },
  { reason: 'a path from ./', git: { branch: 'main', path: './registry.json' }, expected: /file not found/ },
  {
    reason: 'a path with ..',
    git: { branch: 'main', path: 'folder/../registry.json' },
    expected: /file not found/,
  },
  {
    reason: 'git@, without an agent',
    git: { branch: 'main', repository: 'git@git.example.com:catalog.git' },
    expected: /SSH_AUTH_SOCK/,
  },
  {
    reason: 'ssh://, without an agent',
    git: { branch: 'main', repository: 'ssh://git@git.example.com/catalog.git' },
    expected: /SSH_AUTH_SOCK/,
  },
  {
    reason: 'ssh:// with a password',
    git: {
      branch: 'main',
      repository: 'ssh://git@git.example.com/catalog.git',
      auth: { username: 'user', passwordFile: '/secrets/registry-db/app-password' },
    },
    expected: /invalid auth method/,
  },
  {
    reason: 'git:// with a password',
    git: {
      branch: 'main',
      repository: 'git://git.example.com/catalog.git',
      auth: { username: 'user', passwordFile: '/secrets/registry-db/app-password' },
    },
    expected: /invalid auth method/,
  },
  {
    reason: 'file://, without a git program',
    git: { branch: 'main', repository: 'file:///catalog.git' },
    expected: /exec: "git": executable file not found/,
  },
  {
    reason: 'a slash at the end',
    git: { branch: 'main', repository: `${REPOSITORY}/` },
    expected: /failed to clone repository/,
  },
];

test('server 1.5.1 reads these repositories, and fails with these words on others', async (t) => {
  const world = await startWorld(t);
  const server = await world.serveGit('https://git.example.com', {
    'catalog.git': { files: { 'registry.json': upstreamCatalog(OF_TAG) }, tags: ['v1'] },
  });
  const commit = server.commits['catalog.git'] ?? '';
  server.commit('catalog.git', {
    files: { 'registry.json': upstreamCatalog(OF_MAIN), 'folder/registry.json': upstreamCatalog(OF_FOLDER) },
  });
  const auth = { username: 'user', passwordSecretRef: { name: 'registry-db', key: 'app-password' } };
  for (const [index, { reason, git, expected }] of CASES.entries()) {
    await t.test(reason, async (t) => {
      // A source with a new name is read at once.
      const name = `git-${index}`;
      const text = JSON.stringify(git).replace('$COMMIT', commit).replace('$SHORT', commit.slice(0, 7));
      const pod = await world.start({
        spec: specOf([{ name, git: { repository: REPOSITORY, branch: 'main', auth } }]),
        objects: objectsOf({}),
        config: config((value) => {
          value.sources[0].git = { repository: REPOSITORY, path: 'registry.json', ...JSON.parse(text) };
        }),
      });
      t.teardown(pod.kill);
      await pod.ready();
      const { message } = await read(pod, name);
      if (expected instanceof RegExp) t.match(message, expected);
      else t.strictSame((await pod.view('default')).servers, expected, message);
    });
  }
});

test('server 1.5.1 takes credentials from a URL, %40 in them for @, and prefers those of git.auth', async (t) => {
  const credentials = { user: 'us@er', password: 'app-password' };
  const auth = { username: 'us@er', passwordSecretRef: { name: 'registry-db', key: 'app-password' } };
  for (const { userInfo, more } of [
    { userInfo: 'us%40er:app-password', more: {} },
    { userInfo: 'other:password', more: { auth } },
  ]) {
    await t.test(userInfo, async (t) => {
      const world = await startWorld(t);
      const content = { files: { 'registry.json': upstreamCatalog(OF_MAIN) } };
      await world.serveGit('https://git.example.com', { 'catalog.git': content }, credentials);
      const repository = REPOSITORY.replace('https://', `https://${userInfo}@`);
      const pod = await world.start({
        spec: specOf([{ name: 'git', git: { repository: REPOSITORY, branch: 'main', ...more } }]),
        objects: objectsOf({}),
        config: config((value) => {
          value.sources[0].git.repository = repository;
        }),
      });
      await pod.ready();
      await read(pod, 'git');
      t.strictSame((await pod.view('default')).servers, OF_MAIN);
    });
  }
});
