import { type Static, Type } from '@sinclair/typebox';
import {
  Claims,
  List,
  NeededConfigMapKeyRef,
  OneOf,
  SecretKeyRef,
  SpecObject,
  Strings,
  Text,
} from '../fields/common.ts';
import { HttpUrl } from '../fields/url.ts';

const Role = (description: string) =>
  Type.Optional(List(Claims('Claims that a token must carry, all of them.'), { description }));

const Provider = SpecObject(
  {
    name: Text('Name of the provider, unique in this registry.', { maxLength: 253 }),
    issuerUrl: HttpUrl(
      'Issuer of the tokens. It is https, unless THV_REGISTRY_INSECURE_URL is true in the environment of the server, for a test.',
    ),
    audience: Text('Audience that a token must be for.'),
    jwksUrl: Type.Optional(
      HttpUrl('Where the keys are, by https like the issuer; found by OIDC discovery when left out.'),
    ),
    clientId: Type.Optional(Text('Client for token introspection.')),
    clientSecretRef: Type.Optional(SecretKeyRef('Secret of the client; mounted as a file.')),
    caCertRef: Type.Optional(
      NeededConfigMapKeyRef('CA bundle that signed the certificate of the provider; mounted as a file.'),
    ),
    caCertPath: Type.Optional(Text('Path of a CA bundle in the container; caCertRef is not read then.')),
    authTokenRef: Type.Optional(
      SecretKeyRef('Bearer token for the endpoints of the provider; mounted as a file.'),
    ),
    authTokenFile: Type.Optional(
      Text('Path of a bearer token in the container; authTokenRef is not read then.'),
    ),
    introspectionUrl: Type.Optional(HttpUrl('Token introspection endpoint, for opaque tokens (RFC 7662).')),
    allowPrivateIP: Type.Optional(
      Type.Boolean({ description: 'Whether the endpoints may be on private addresses.', default: false }),
    ),
  },
  { description: 'An OAuth or OIDC provider whose tokens are accepted.' },
);
export type Provider = Static<typeof Provider>;

/** References that are not read where the container has the file at a path. */
export const pathBefore = { caCertRef: 'caCertPath', authTokenRef: 'authTokenFile' } as const;

/** Who may call the registry API. */
export const AuthConfig = SpecObject(
  {
    mode: Type.Optional(
      OneOf(['anonymous', 'oauth'], {
        description:
          'Who may call, to read and to change entries, sources and views: everybody (anonymous), or callers with a token of one of the providers (oauth).',
        default: 'anonymous',
      }),
    ),
    publicPaths: Type.Optional(
      List(Type.String({ pattern: '^/', maxLength: 1024, expects: 'a path that starts with /' }), {
        description:
          'Paths that need no token, in addition to health, documentation and well-known ones. A path opens all that is below it, and shows entries whatever claims they have.',
      }),
    ),
    oauth: Type.Optional(
      SpecObject(
        {
          resourceUrl: Type.Optional(
            Text('URL that identifies this registry as a protected resource (RFC 9728).'),
          ),
          realm: Type.Optional(
            Text('Realm of the WWW-Authenticate header; the server has mcp-registry by default.'),
          ),
          scopesSupported: Type.Optional(
            Strings(
              'Scopes to publish (RFC 9728). Servers from v1.4.4 on do not read it; the default image is one of them.',
            ),
          ),
          providers: Type.Optional(
            Type.Array(Provider, { description: 'Providers whose tokens are accepted.', maxItems: 100 }),
          ),
        },
        { description: 'Settings of mode oauth.' },
      ),
    ),
    authz: Type.Optional(
      SpecObject(
        {
          roles: Type.Optional(
            SpecObject(
              {
                superAdmin: Role('Who may do everything.'),
                manageSources: Role('Who may change sources.'),
                manageRegistries: Role('Who may change registries.'),
                manageEntries: Role(
                  'Who may change entries. To publish, a token has to carry the claims of the managed source as well.',
                ),
              },
              {
                description:
                  'Roles, each a list of claims; a token that matches one of them has the role. Nobody has a role that is left out or empty.',
              },
            ),
          ),
        },
        {
          description:
            'Who may change what. Only with mode oauth, where every token has all roles while it is not set. With it, only those it lists have a role, and views and entries are shown by their claims.',
        },
      ),
    ),
  },
  {
    description:
      'Who may call the registry API. Everybody may if it is not set, also to change entries, sources and views.',
  },
);
export type AuthConfig = Static<typeof AuthConfig>;
