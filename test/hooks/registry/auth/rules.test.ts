import { test } from 'tap';
import { readSpec } from '../../../support/read-spec.ts';
import { oauth, testRefusals, typed } from '../../../support/refusals.ts';

const inTests =
  'the server would refuse every token, on a loopback too; for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec';

const insecure = (value: string) => ({
  spec: { containers: [{ name: 'registry-api', env: [{ name: 'THV_REGISTRY_INSECURE_URL', value }] }] },
});

function withRoles(roles: object) {
  const spec = oauth({});
  return { ...spec, authConfig: { ...spec.authConfig, authz: { roles } } };
}

testRefusals([
  {
    spec: { ...typed, authConfig: { authz: {} } },
    expected: 'spec.authConfig.authz: has no effect with mode anonymous: set mode to oauth or remove it',
    reason: 'roles for nobody',
  },
  {
    spec: { ...typed, authConfig: { mode: 'oauth' } },
    expected: 'spec.authConfig.oauth.providers: is required with mode oauth: list at least one provider',
    reason: 'nobody to trust',
  },
  ...[
    'https:///p',
    'https://?x',
    'https://a b/p',
    'https://%zz/p',
    'https://a:port/x',
    'https://[::1/x',
    'https://a\\x',
  ].map((issuerUrl) => ({
    spec: oauth({ issuerUrl }),
    expected: `spec.authConfig.oauth.providers[0].issuerUrl: must be an absolute URL with a host and no spaces, found ${JSON.stringify(issuerUrl)}`,
    reason: `an issuer that the server can't read, ${issuerUrl}`,
  })),
  ...['http://idp', 'http://127.0.0.1:9000', 'http://localhost', 'http://[::1]/x'].map((issuerUrl) => ({
    spec: oauth({ issuerUrl }),
    expected: `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "${issuerUrl}": ${inTests}`,
    reason: `an issuer without TLS, ${issuerUrl}`,
  })),
  ...['http://idp', 'http://127.1', 'http://LOCALHOST', 'http://[0:0:0:0:0:0:0:1]'].map((issuerUrl) => ({
    spec: oauth({ issuerUrl, jwksUrl: 'https://idp/keys' }),
    expected: `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "${issuerUrl}": ${inTests}`,
    reason: `an issuer without TLS, although its keys are elsewhere, ${issuerUrl}`,
  })),
  ...['https://idp', 'http://localhost'].map((issuerUrl) => ({
    spec: oauth({ issuerUrl, jwksUrl: 'http://localhost/keys' }),
    expected: [
      ...(issuerUrl.startsWith('https:')
        ? []
        : [
            `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "${issuerUrl}": ${inTests}`,
          ]),
      `spec.authConfig.oauth.providers[0].jwksUrl: must begin with https://, found "http://localhost/keys": ${inTests}`,
    ].join('; '),
    reason: `keys without TLS of ${issuerUrl}`,
  })),
  ...['false', 'yes', 'on', '2', 'tRuE', ' true', ''].map((value) => ({
    spec: { ...oauth({ issuerUrl: 'http://idp' }), podTemplateSpec: insecure(value) },
    expected: `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "http://idp": ${inTests}`,
    reason: `a variable that the server takes for false, ${JSON.stringify(value)}`,
  })),
  ...['clientSecretRef', 'caCertRef', 'authTokenRef'].map((name) => ({
    spec: oauth({ [name]: { name: 'a', key: 'b', optional: true } }),
    expected: `spec.authConfig.oauth.providers[0].${name}.optional: must not be true, because the server does not run without it: remove it`,
    reason: `a file that the server ends without, ${name}`,
  })),
  {
    spec: withRoles({ superAdmin: [{ sub: 'x' }, { Sub: 'x' }], manageEntries: [{ teamName: ['a'] }] }),
    expected: ['superAdmin[1].Sub', 'manageEntries[0].teamName']
      .map(
        (place) =>
          `spec.authConfig.authz.roles.${place}: must have a name in lower case, found "${place.replace(/.*\./, '')}": the server lower-cases it, so that it never matches the claim of a token. Use a claim whose name has no capital letters`,
      )
      .join('; '),
    reason: 'claims of roles that never match',
  },
  {
    spec: { ...typed, authConfig: { oauth: { providers: [] } } },
    expected: 'spec.authConfig.mode: is required with oauth: set it to oauth or anonymous',
    reason: 'a registry that would be open by mistake',
  },
]);

test('providers without TLS are accepted where the server takes them', async (t) => {
  const provider = { issuerUrl: 'http://idp', jwksUrl: 'http://idp/keys' };
  for (const value of ['1', 't', 'T', 'true', 'TRUE', 'True']) {
    const spec = { ...oauth(provider), podTemplateSpec: insecure(value) };
    t.strictSame(readSpec(spec).problems, undefined, `the variable ${value}`);
  }
  for (const issuerUrl of ['http://localhost:9000', 'http://127.0.0.1', 'http://u@[::1]/x']) {
    const spec = oauth({ issuerUrl, jwksUrl: 'https://idp/keys' });
    t.strictSame(readSpec(spec).problems, undefined, `${issuerUrl}, whose keys are elsewhere`);
  }
  const { authConfig, ...rest } = oauth({
    ...provider,
    clientSecretRef: { name: 'a', key: 'b', optional: true },
  });
  t.strictSame(
    readSpec({ ...rest, authConfig: { ...authConfig, mode: 'anonymous' } }).problems,
    undefined,
    'with mode anonymous, nothing of a provider matters',
  );
});

test('a reference that is not read, because a path is set, may be optional', async (t) => {
  const optional = { name: 'a', key: 'b', optional: true };
  for (const provider of [
    { caCertRef: optional, caCertPath: '/ca.crt' },
    { authTokenRef: optional, authTokenFile: '/token' },
  ]) {
    t.strictSame(readSpec(oauth(provider)).problems, undefined, Object.keys(provider).join());
  }
});
