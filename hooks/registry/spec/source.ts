import { type Static, Type } from '@sinclair/typebox';
import {
  Claims,
  ConfigMapKeyRef,
  exactlyOneOf,
  GoDuration,
  HttpUrl,
  isAbsoluteUrl,
  ObjectName,
  OneOf,
  SecretKeyRef,
  SpecObject,
  Text,
} from './common.ts';

/** The server's rule for names of sources and of namespaces (toolhive-registry-server: internal/config/config.go). */
const DnsLabel = (description: string) =>
  Type.String({
    description,
    pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
    maxLength: 63,
    expects: 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
  });

const longerThanNothing = {
  'x-kubernetes-validations': [
    {
      rule: "duration(self) > duration('0s')",
      message: 'must be longer than nothing, and no longer than the server can count',
    },
  ],
};

const absolute = {
  'x-kubernetes-validations': [
    { rule: isAbsoluteUrl('self'), message: 'must be an absolute URL with a host and no spaces' },
  ],
};

const Strings = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

/** Globs as the server reads them (github.com/gobwas/glob), with what it would fail on at run time kept out. */
const Globs = (description: string) =>
  Type.Optional(
    Type.Array(
      Type.String({
        pattern: '^([^\\[{\\\\]|\\\\.|\\[[^\\]]+\\]|\\{[^}]*\\})*$',
        expects: 'a glob pattern with each "[" and "{" closed and no "\\" at its end',
      }),
      { description },
    ),
  );

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
            'User name of HTTP basic authentication. For a token of GitHub or GitLab mostly "git".',
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
const inlineKinds = {
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

const kinds = {
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
          Type.Array(DnsLabel('Name of a namespace.'), {
            description:
              "Namespaces to discover MCP servers in; the registry's own when empty. Rights in others have to be given there.",
          }),
        ),
      },
      { description: 'MCP servers discovered in the cluster.' },
    ),
  ),
};

const settings = {
  format: Type.Optional(
    OneOf(['toolhive', 'upstream'], { description: 'Format of the registry file.', default: 'toolhive' }),
  ),
  claims: Type.Optional(Claims('Claims that all entries of this source carry, for authorization.')),
  syncPolicy: Type.Optional(
    SpecObject(
      { interval: GoDuration('How often the source is read again.', longerThanNothing) },
      {
        description:
          'When the source is read again; every 30m by default. Without meaning for managed and kubernetes.',
      },
    ),
  ),
  filter: Type.Optional(
    SpecObject(
      {
        names: Type.Optional(
          SpecObject(
            {
              include: Globs('Glob patterns of names to take.'),
              exclude: Globs('Glob patterns of names to leave out.'),
            },
            { description: 'Filter by name.' },
          ),
        ),
        tags: Type.Optional(
          SpecObject(
            { include: Strings('Tags to take.'), exclude: Strings('Tags to leave out.') },
            { description: 'Filter by tag.' },
          ),
        ),
      },
      { description: 'Which entries of the source are served. Without meaning for managed and kubernetes.' },
    ),
  ),
};

export const SourceKind = ['configMapRef', 'git', 'api', 'url', 'pvcRef', 'managed', 'kubernetes'] as const;
export type SourceKind = (typeof SourceKind)[number];

/** Where entries come from. Exactly one of the kinds is set. */
export const Source = SpecObject(
  { name: DnsLabel('Name of the source, unique in this registry.'), ...settings, ...kinds },
  {
    description:
      'Where entries come from: a name, exactly one kind of source, and what is done with its entries.',
    'x-kubernetes-validations': [
      {
        rule: exactlyOneOf('self', SourceKind),
        message: `must have exactly one of ${SourceKind.join(', ')}`,
      },
    ],
  },
);
export type Source = Static<typeof Source>;

export const InlineSourceKind = ['configMapRef', 'git', 'api', 'pvcRef'] as const;

/** An entry of `registries`: a view of sources, or (oldest form, without `spec.sources`) a view with its source inline. */
export const RegistryEntry = SpecObject(
  {
    name: Text('Name of the view, unique in this registry; part of its URL.', { maxLength: 253 }),
    sources: Type.Optional(
      Type.Array(Type.String({ maxLength: 63 }), {
        description: 'Names of the sources that this view serves, first match first.',
        maxItems: 20,
      }),
    ),
    ...settings,
    ...inlineKinds,
  },
  { description: 'A view that the server serves.' },
);
export type RegistryEntry = Static<typeof RegistryEntry>;
