import { type Static, Type } from '@sinclair/typebox';
import { describe } from '../../../problem.ts';
import { textRule } from '../../common-rules.ts';
import { SecretKeyRef, SpecObject, Text } from '../../fields/common.ts';
import { isNeeded } from '../../needed-rules.ts';
import { type Rule, withRules } from '../../rule.ts';
import { secretFile } from '../../secret-files.ts';
import { afterInterval, DEFAULT_FILE, RegistryFilePath, sourceKind } from '../kind.ts';

/** What to check out: of several, the first is read, as the operator did (stacklok/toolhive v0.6.7 to v0.16.0: config.go). */
const refs = ['branch', 'tag', 'commit'] as const;
type Ref = (typeof refs)[number];
type Refs = { readonly [R in Ref]?: string };

const refRead = (git: Refs): Ref | undefined => refs.find((ref) => git[ref] !== undefined);

/** What is not read of a repository because of one that is. */
export const unreadRefs = (git: Refs, read: Ref): readonly Ref[] =>
  refRead(git) === read ? refs.filter((ref) => ref !== read && git[ref] !== undefined) : [];

/** A rule about what to check out, which holds where that is read. */
function refRule(ref: Ref, message: string, cel: string, holds: (text: string) => boolean): Rule<Refs> {
  const before = refs.slice(0, refs.indexOf(ref)).map((other) => `has(self.${other})`);
  return {
    field: `.${ref}`,
    message,
    cel: [...before, `!has(self.${ref})`, cel].join(' || '),
    check: (git, field) => {
      const text = refRead(git) === ref ? git[ref] : undefined;
      return text === undefined || holds(text)
        ? []
        : [{ field: `${field}.${ref}`, message: `${message}, found ${describe(text)}` }];
    },
  };
}

/** The server writes the rest before the name of a branch or a tag. */
const isNameAlone = (ref: Ref, prefix: string) =>
  refRule(
    ref,
    `must be a name alone, not one below refs/: the server adds "${prefix}"`,
    `!self.${ref}.startsWith('refs/')`,
    (name) => !name.startsWith('refs/'),
  );

const COMMIT = '^[0-9a-fA-F]{40}$';

const isWholeCommit = refRule(
  'commit',
  'must be the 40 hexadecimal digits of a commit',
  `self.commit.matches('${COMMIT}')`,
  (commit) => new RegExp(COMMIT).test(commit),
);

/** The server looks for a file as git has it in a tree: name by name. */
const insideRepository = textRule(
  'must be a path such as data/registry.json, below the root of the repository: remove a "/" at its start, and each "." and ".."',
  "!self.matches('(^|/)[.]{0,2}(/|$)')",
  (path) => !path.split('/').some((name) => /^\.{0,2}$/.test(name)),
);

const Git = SpecObject(
  {
    repository: Type.String({
      description:
        'URL of the repository. The image of the server has no git for file:// and no SSH agent for ssh:// and git@.',
      pattern: '^(https?|git)://.+',
      maxLength: 2048,
      expects:
        'a repository URL that starts with https://, http:// or git:// (the image of the server has no git for file://, and no SSH agent for ssh:// and git@)',
    }),
    branch: Type.Optional(
      Text('Branch to read, without refs/heads/. The default branch without branch, tag and commit.'),
    ),
    tag: Type.Optional(Text('Tag to read, without refs/tags/. Not read if branch is set.')),
    commit: Type.Optional(
      Text('Commit to read, all 40 hexadecimal digits. Not read if branch or tag is set.'),
    ),
    path: Type.Optional(
      withRules(
        RegistryFilePath('Path of the registry file below the root of the repository, without "." and "..".'),
        [insideRepository],
      ),
    ),
    auth: Type.Optional(
      SpecObject(
        {
          username: Text(
            'User name of HTTP basic authentication; usually "git" for a token of GitHub or GitLab.',
          ),
          passwordSecretRef: withRules(
            SecretKeyRef('The password or token; mounted as a file, never read by the hook.'),
            [isNeeded],
          ),
        },
        { description: 'Authentication for a private repository. git:// has none.' },
      ),
    ),
  },
  { description: `A registry file in a Git repository. ${afterInterval}` },
);

const authNeedsHttp: Rule<Static<typeof Git>> = {
  field: '.auth',
  message: 'has no effect with git://, and the server fails on it: use https://, or remove it',
  cel: "!has(self.auth) || !self.repository.startsWith('git://')",
  check: ({ auth, repository }) => !auth || !repository.startsWith('git://'),
};

const noUserWithoutHttp: Rule<Static<typeof Git>> = {
  field: '.repository',
  message: 'has a user or password, which git:// does not send: use https:// and git.auth',
  cel: "!self.repository.matches('^git://[^/?#]*@')",
  check: ({ repository }) => !/^git:\/\/[^/?#]*@/.test(repository),
};

export const git = sourceKind({
  schema: Git,
  rules: [
    isNameAlone('branch', 'refs/heads/'),
    isNameAlone('tag', 'refs/tags/'),
    isWholeCommit,
    authNeedsHttp,
    noUserWithoutHttp,
  ],
  inline: true,
  synced: true,
  plan: ({ repository, path = DEFAULT_FILE, auth, ...git }) => {
    const ref = refRead(git);
    const password = auth && secretFile(auth.passwordSecretRef);
    return {
      config: {
        git: {
          repository,
          ...(ref && { [ref]: git[ref] }),
          path,
          auth: auth && { username: auth.username, passwordFile: password?.path },
        },
      },
      files: password ? [password.mount] : [],
    };
  },
});
