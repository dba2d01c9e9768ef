import { type Static, Type } from '@sinclair/typebox';
import {
  ConfigMapKeyRef,
  DnsLabel,
  exactlyOneOf,
  GoDuration,
  HttpUrl,
  isAbsoluteUrl,
  List,
  ObjectName,
  SecretKeyRef,
  SpecObject,
  Text,
} from './common.ts';

const absolute = {
  'x-kubernetes-validations': [
    { rule: isAbsoluteUrl('self'), message: 'must be an absolute URL with a host and no spaces' },
  ],
};

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
    path: Type.Optional(
      Type.String({
        description: 'Path of the registry file in the repository.',
        pattern: '^.*\\.json$',
        maxLength: 1024,
        expects: 'the path of a .json file',
        default: 'registry.json',
      }),
    ),
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
  {
    description: 'A registry file in a Git repository.',
    'x-kubernetes-validations': [
      {
        rule: exactlyOneOf('self', ['branch', 'tag', 'commit']),
        message: 'must have exactly one of branch, tag and commit',
      },
    ],
  },
);
export type Git = Static<typeof Git>;

/** The kinds of source an entry of `registries` may hold inline, as the resource's first releases had them. */
export const inlineKinds = {
  configMapRef: Type.Optional(ConfigMapKeyRef('A registry file in a ConfigMap of the same namespace.')),
  git: Type.Optional(Git),
  api: Type.Optional(
    SpecObject(
      { endpoint: HttpUrl('Base URL of the API, without the path /v0.1/servers.', absolute) },
      { description: 'Another registry that speaks the MCP Registry API.' },
    ),
  ),
  pvcRef: Type.Optional(
    SpecObject(
      {
        claimName: ObjectName('Name of the PersistentVolumeClaim.'),
        path: Type.Optional(
          Type.String({
            description: 'Path of the registry file in the volume.',
            pattern: '^.*\\.json$',
            maxLength: 1024,
            expects: 'the path of a .json file',
            default: 'registry.json',
            'x-kubernetes-validations': [
              {
                rule: "!self.matches('(^|/)[.][.](/|$)')",
                message: 'must stay inside the volume: take out ".."',
              },
            ],
          }),
        ),
      },
      { description: 'A registry file in a PersistentVolumeClaim of the same namespace.' },
    ),
  ),
};

export const kinds = {
  ...inlineKinds,
  url: Type.Optional(
    SpecObject(
      {
        endpoint: HttpUrl('URL of the file. The server wants https unless the host is localhost.', absolute),
        timeout: Type.Optional(GoDuration('How long one download may take; the server has 30s by default.')),
      },
      { description: 'A registry file behind a URL.' },
    ),
  ),
  managed: Type.Optional(
    SpecObject({}, { description: 'A source that is filled through the registry API. At most one.' }),
  ),
  kubernetes: Type.Optional(
    SpecObject(
      {
        namespaces: Type.Optional(
          List(DnsLabel('Name of a namespace.'), {
            description:
              "Namespaces to discover MCP servers in; the registry's own when empty. Rights in others have to be given there.",
          }),
        ),
      },
      { description: 'MCP servers discovered in the cluster.' },
    ),
  ),
};

export const SourceKind = ['configMapRef', 'git', 'api', 'url', 'pvcRef', 'managed', 'kubernetes'] as const;
export type SourceKind = (typeof SourceKind)[number];

export const InlineSourceKind = ['configMapRef', 'git', 'api', 'pvcRef'] as const;
