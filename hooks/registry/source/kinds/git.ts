import { type Static, Type } from '@sinclair/typebox';
import { atMostOneOf, textRule } from '../../common-rules.ts';
import { SecretKeyRef, SpecObject, Text } from '../../fields/common.ts';
import { isNeeded } from '../../needed-rules.ts';
import { type Rule, withRules } from '../../rule.ts';
import { secretFile } from '../../secret-files.ts';
import { afterInterval, DEFAULT_FILE, RegistryFilePath, sourceKind } from '../kind.ts';

/** The name of a branch or a tag, before which the server writes the rest. */
const RefName = (description: string, prefix: string) =>
  withRules(Text(description), [
    textRule(
      `must be a name alone, not one below refs/: the server adds "${prefix}"`,
      "!self.startsWith('refs/')",
      (name) => !name.startsWith('refs/'),
    ),
  ]);

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
      RefName(
        'Branch to read, without refs/heads/. The default branch without branch, tag and commit.',
        'refs/heads/',
      ),
    ),
    tag: Type.Optional(RefName('Tag to read, without refs/tags/. Not with branch or commit.', 'refs/tags/')),
    commit: Type.Optional(
      Type.String({
        description: 'Commit to read, all 40 hexadecimal digits. Not with branch or tag.',
        pattern: '^[0-9a-fA-F]{40}$',
        maxLength: 40,
        expects: 'the 40 hexadecimal digits of a commit',
      }),
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
    atMostOneOf(['branch', 'tag', 'commit'], 'branch, tag and commit'),
    authNeedsHttp,
    noUserWithoutHttp,
  ],
  inline: true,
  synced: true,
  plan: ({ repository, branch, tag, commit, path = DEFAULT_FILE, auth }) => {
    const password = auth && secretFile(auth.passwordSecretRef);
    return {
      config: {
        git: {
          repository,
          branch,
          tag,
          commit,
          path,
          auth: auth && { username: auth.username, passwordFile: password?.path },
        },
      },
      files: password ? [password.mount] : [],
    };
  },
});
