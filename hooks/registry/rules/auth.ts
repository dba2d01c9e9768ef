import { TypeCompiler } from '@sinclair/typebox/compiler';
import { describe, type Problem } from '../problem.ts';
import { AuthConfig, type Provider } from '../spec/auth.ts';
import { duplicates, type Fields, listOf, objectOf } from './parts.ts';

const isAuth = TypeCompiler.Compile(AuthConfig);

/** Providers where the mode asks for them, roles only there. */
export function authProblems({ authConfig: auth, podTemplateSpec }: Fields): Problem[] {
  if (!isAuth.Check(auth)) return [];
  if (auth.mode !== 'oauth') {
    return auth.authz
      ? [
          {
            field: 'spec.authConfig.authz',
            message: 'has no effect with mode anonymous: set mode to oauth or take it out',
          },
        ]
      : [];
  }
  const providers = auth.oauth?.providers ?? [];
  const insecure = allowsInsecureUrls(podTemplateSpec);
  const field = 'spec.authConfig.oauth.providers';
  if (providers.length === 0) {
    return [{ field, message: 'is required with mode oauth: list at least one provider' }];
  }
  return [
    ...providers.flatMap((provider, index) => providerProblems(provider, `${field}[${index}]`, insecure)),
    ...duplicates(providers, 'name', field),
  ];
}

function providerProblems(provider: Provider, field: string, insecure: boolean): Problem[] {
  const pairs = [
    ['caCertRef', 'caCertPath'],
    ['authTokenRef', 'authTokenFile'],
  ] as const;
  return [
    ...issuerProblems(provider.issuerUrl, `${field}.issuerUrl`, insecure),
    ...pairs.flatMap(([reference, path]) =>
      provider[reference] && provider[path]
        ? [{ field: `${field}.${path}`, message: `can't be combined with ${reference}: keep one of them` }]
        : [],
    ),
  ];
}

const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The server's own rule (toolhive-registry-server: internal/config/config.go, validateProvider). */
function issuerProblems(issuer: string, field: string, insecure: boolean): Problem[] {
  if (!URL.canParse(issuer)) {
    return [{ field, message: `must be an absolute URL with a host, found ${describe(issuer)}` }];
  }
  const { protocol, hostname } = new URL(issuer);
  return protocol === 'https:' || insecure || loopback.has(hostname)
    ? []
    : [
        {
          field,
          message: `must begin with https://, found ${describe(issuer)}: for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec`,
        },
      ];
}

/** Whether a pod template sets the variable by which a server accepts issuers without TLS. */
function allowsInsecureUrls(podTemplateSpec: unknown): boolean {
  const { spec } = objectOf(podTemplateSpec);
  return listOf(objectOf(spec)['containers'])
    .map(objectOf)
    .filter(({ name }) => name === 'registry-api')
    .flatMap(({ env }) => listOf(env).map(objectOf))
    .some(({ name, value }) => name === 'THV_REGISTRY_INSECURE_URL' && value === 'true');
}
