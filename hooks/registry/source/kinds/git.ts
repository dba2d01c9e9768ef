import { Type } from '@sinclair/typebox';
import { exactlyOneOf } from '../../common-rules.ts';
import { SecretKeyRef, SpecObject, Text } from '../../fields/common.ts';
import { secretFile } from '../../secret-files.ts';
import { afterInterval, DEFAULT_FILE, RegistryFilePath, sourceKind } from '../kind.ts';

const Git = SpecObject(
  {
    repository: Type.String({
      description: 'URL of the repository.',
      pattern: '^(file:///|https?://|git@|ssh://|git://).+',
      maxLength: 2048,
      expects: 'a repository URL that starts with https://, http://, ssh://, git://, git@ or file:///',
    }),
    branch: Type.Optional(Text('Branch to read. Exactly one of branch, tag and commit is set.')),
    tag: Type.Optional(Text('Tag to read. Exactly one of branch, tag and commit is set.')),
    commit: Type.Optional(Text('Commit to read. Exactly one of branch, tag and commit is set.')),
    path: Type.Optional(RegistryFilePath('Path of the registry file in the repository.')),
    auth: Type.Optional(
      SpecObject(
        {
          username: Text(
            'User name of HTTP basic authentication; usually "git" for a token of GitHub or GitLab.',
          ),
          passwordSecretRef: SecretKeyRef(
            'The password or token; mounted as a file, never read by the hook.',
          ),
        },
        { description: 'Authentication for a private repository.' },
      ),
    ),
  },
  { description: `A registry file in a Git repository. ${afterInterval}` },
);

export const git = sourceKind({
  schema: Git,
  rules: [exactlyOneOf(['branch', 'tag', 'commit'], 'branch, tag and commit')],
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
