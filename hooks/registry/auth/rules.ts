import { compile } from '../../contract/compile.ts';
import type { JsonObject } from '../../json.ts';
import { describe, type Problem } from '../../problem.ts';
import { claimProblems } from '../claim-problems.ts';
import { duplicateProblems } from '../common-rules.ts';
import { absoluteUrl, hostOf } from '../fields/url.ts';
import { neededField } from '../needed-rules.ts';
import type { Rule } from '../rule.ts';
import { containerVariables } from '../server-container.ts';
import { AuthConfig, type Provider, pathBefore } from './schema.ts';

const isAuth = compile(AuthConfig);

const isOAuth = "has(self.mode) && self.mode == 'oauth'";
const hasProviders = 'has(self.oauth) && has(self.oauth.providers) && self.oauth.providers.size() > 0';

const everyProvider = (cel: string) =>
  `!(${isOAuth}) || !(${hasProviders}) || self.oauth.providers.all(provider, ${cel})`;

/** Left out, the mode would mean anonymous: a registry that is open to everybody by mistake. */
const lacksMode = ({ mode, oauth }: AuthConfig) => mode === undefined && oauth !== undefined;

const modeRules: readonly Rule<AuthConfig>[] = [
  {
    field: '.mode',
    message: 'is required with oauth: set it to oauth or anonymous',
    cel: 'has(self.mode) || !has(self.oauth)',
    check: (auth) => !lacksMode(auth),
  },
  {
    field: '.authz',
    message: 'has no effect with mode anonymous: set mode to oauth or remove it',
    cel: `!has(self.authz) || (${isOAuth})`,
    check: (auth) => auth.mode === 'oauth' || !auth.authz || lacksMode(auth),
  },
  {
    field: '.oauth.providers',
    message: 'is required with mode oauth: list at least one provider',
    cel: `!(${isOAuth}) || (${hasProviders})`,
    check: (auth) => auth.mode !== 'oauth' || providersOf(auth).length > 0,
  },
];

/** The providers that the server reads: none with mode anonymous, in which nothing of them matters. */
const providersOf = ({ mode, oauth }: AuthConfig): readonly Provider[] =>
  mode === 'oauth' ? (oauth?.providers ?? []) : [];

interface ProviderRule {
  readonly message: string;
  /** What must hold of each `provider`. */
  readonly cel: string;
  readonly check: (provider: Provider, field: string) => readonly Problem[];
}

/** A rule about each provider of an `AuthConfig`. */
const providerRule = ({ message, cel, check }: ProviderRule): Rule<AuthConfig> => ({
  field: '.oauth.providers',
  message,
  cel: everyProvider(cel),
  check: (auth, field) => checkProviders(auth, field, check),
});

const checkProviders = (auth: AuthConfig, field: string, check: ProviderRule['check']): Problem[] =>
  providersOf(auth).flatMap((provider, index) => check(provider, `${field}.oauth.providers[${index}]`));

const issuerUrl = absoluteUrl('provider.issuerUrl');

const providerRules: readonly Rule<AuthConfig>[] = [
  providerRule({
    message: 'has an issuer that is no absolute URL with a host and no spaces',
    cel: issuerUrl.cel,
    check: (provider, field) => issuerUrl.check(provider.issuerUrl, `${field}.issuerUrl`),
  }),
  {
    field: '.oauth.providers',
    message: 'has two providers of one name: it must be unique',
    cel: everyProvider('self.oauth.providers.exists_one(other, other.name == provider.name)'),
    check: (auth, field) => duplicateProblems(providersOf(auth), 'name', `${field}.oauth.providers`),
  },
  ...(['clientSecretRef', 'caCertRef', 'authTokenRef'] as const).map((name) => {
    const needed = neededField(name, 'provider');
    const path = name === 'clientSecretRef' ? undefined : pathBefore[name];
    return providerRule({
      message: `has an optional ${name}, without which the server does not run: remove optional`,
      cel: path ? `has(provider.${path}) || ${needed.cel}` : needed.cel,
      check: (provider, field) =>
        (path && provider[path]) || needed.check(provider)
          ? []
          : [{ field: field + needed.field, message: needed.message }],
    });
  }),
];

const roles = ['superAdmin', 'manageSources', 'manageRegistries', 'manageEntries'] as const;

/** Without mode oauth, another rule refuses roles. */
const roleClaims: Rule<AuthConfig> = {
  check: ({ authz }, field) =>
    roles.flatMap((role) =>
      (authz?.roles?.[role] ?? []).flatMap((claims, index) =>
        claimProblems(claims, `${field}.authz.roles.${role}[${index}]`),
      ),
    ),
};

/** What the mode asks for. */
export const authRules: readonly Rule<AuthConfig>[] = [...modeRules, ...providerRules, roleClaims];

/** Compared as it is written: to the server, other spellings of a loopback are none. */
const loopbacks: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);
const loopback = "'^http://([^/?#]*@)?(localhost|127[.]0[.]0[.]1|[[]::1[]])([:/?#]|$)'";

const inTests =
  'for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec';

const begins = (variable: string) => `${variable}.startsWith('https://')`;
const httpsKeys = `has(provider.jwksUrl) && ${begins('provider.jwksUrl')}`;

/**
 * Where the server would not get the keys of a provider, and answer 401 to every token. It takes issuers without TLS from a
 * loopback (toolhive-registry-server: internal/config/config.go, validateProvider), but neither their configuration nor
 * their keys (toolhive: pkg/networking/http_client.go). CEL does not see into a pod template, so it leaves a spec that has
 * one to the hook.
 */
const secureProviders: Rule<JsonObject> = {
  field: '.authConfig.oauth.providers',
  message: `must have issuers and key sets (jwksUrl) that begin with https://: ${inTests}`,
  cel: [
    'has(self.podTemplateSpec) || !has(self.authConfig)',
    "!has(self.authConfig.mode) || self.authConfig.mode != 'oauth'",
    '!has(self.authConfig.oauth) || !has(self.authConfig.oauth.providers)',
    `self.authConfig.oauth.providers.all(provider, (${begins('provider.issuerUrl')} || (${httpsKeys} && provider.issuerUrl.matches(${loopback}))) && (!has(provider.jwksUrl) || ${begins('provider.jwksUrl')}))`,
  ].join(' || '),
  check: ({ authConfig, podTemplateSpec }, field) =>
    !isAuth.Check(authConfig) ||
    allowsInsecureUrls(podTemplateSpec) ||
    checkProviders(authConfig, `${field}.authConfig`, insecureProblems),
};

function insecureProblems({ issuerUrl: issuer, jwksUrl: keys }: Provider, field: string): Problem[] {
  const host = hostOf(issuer);
  const isLoopbackWithKeys = loopbacks.has(host ?? '') && keys?.startsWith('https:');
  return [
    // Another rule refuses what is no URL.
    ...(host === undefined || issuer.startsWith('https:') || isLoopbackWithKeys
      ? []
      : [insecureProblem(issuer, `${field}.issuerUrl`)]),
    ...(keys === undefined || keys.startsWith('https:') ? [] : [insecureProblem(keys, `${field}.jwksUrl`)]),
  ];
}

const insecureProblem = (url: string, field: string): Problem => ({
  field,
  message: `must begin with https://, found ${describe(url)}: the server would refuse every token, on a loopback too; ${inTests}`,
});

/** What Go's strconv.ParseBool takes for true. */
const isTrue: ReadonlySet<unknown> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True']);

/** Whether a pod template sets the variable by which a server accepts providers without TLS. */
const allowsInsecureUrls = (podTemplateSpec: unknown): boolean =>
  containerVariables(podTemplateSpec).some(
    ({ name, value }) => name === 'THV_REGISTRY_INSECURE_URL' && isTrue.has(value),
  );

/** How auth and the pod template fit together. They are about the whole spec, of which nothing is known. */
export const authAndPodRules: readonly Rule<JsonObject>[] = [secureProviders];
