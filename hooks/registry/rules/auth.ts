import { compile } from '../../contract/compile.ts';
import { describe, type Problem } from '../../problem.ts';
import { AuthConfig, type Provider } from '../spec/auth.ts';
import { hostOf, urlProblems } from './go.ts';
import { containerVariables, duplicates, type Fields } from './parts.ts';

const isAuth = compile(AuthConfig);

/** Providers where the mode asks for them, roles only there. */
export function authProblems({ authConfig: auth, podTemplateSpec }: Fields): Problem[] {
  if (!isAuth.Check(auth)) return [];
  if (auth.mode === undefined && auth.oauth) {
    // Left out, it would mean anonymous: a registry that is open to everybody by mistake.
    return [
      {
        field: 'spec.authConfig.mode',
        message: 'is required beside oauth: set it to oauth, or to anonymous',
      },
    ];
  }
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

/** Compared as it is written: other spellings of a loopback are none to the server. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The server's own rule (toolhive-registry-server: internal/config/config.go, validateProvider). */
function issuerProblems(issuer: string, field: string, insecure: boolean): Problem[] {
  const wrong = urlProblems(issuer, field);
  return wrong.length > 0 || issuer.startsWith('https:') || insecure || loopback.has(hostOf(issuer))
    ? wrong
    : [
        {
          field,
          message: `must begin with https://, found ${describe(issuer)}: for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec`,
        },
      ];
}

/** Whether a pod template sets the variable by which a server accepts issuers without TLS. */
const allowsInsecureUrls = (podTemplateSpec: unknown): boolean =>
  containerVariables(podTemplateSpec).some(
    ({ name, value }) => name === 'THV_REGISTRY_INSECURE_URL' && value === 'true',
  );
