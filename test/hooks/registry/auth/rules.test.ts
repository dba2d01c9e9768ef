import { oauth, testRefusals, typed } from '../../../support/refusals.ts';

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
  {
    spec: oauth({ caCertRef: { name: 'ca', key: 'ca.crt' }, caCertPath: '/ca.crt' }),
    expected:
      "spec.authConfig.oauth.providers[0].caCertPath: can't be combined with caCertRef: keep one of them",
    reason: 'two CA bundles',
  },
  {
    spec: oauth({ authTokenRef: { name: 't', key: 't' }, authTokenFile: '/t' }),
    expected:
      "spec.authConfig.oauth.providers[0].authTokenFile: can't be combined with authTokenRef: keep one of them",
    reason: 'two tokens',
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
  ...['http://idp', 'http://127.1', 'http://LOCALHOST', 'http://[0:0:0:0:0:0:0:1]'].map((issuerUrl) => ({
    spec: oauth({ issuerUrl }),
    expected: `spec.authConfig.oauth.providers[0].issuerUrl: must begin with https://, found "${issuerUrl}": for a test, set THV_REGISTRY_INSECURE_URL to "true" in the container registry-api of podTemplateSpec`,
    reason: `an issuer without TLS, ${issuerUrl}`,
  })),
  {
    spec: { ...typed, authConfig: { oauth: { providers: [] } } },
    expected: 'spec.authConfig.mode: is required with oauth: set it to oauth or anonymous',
    reason: 'a registry that would be open by mistake',
  },
]);
