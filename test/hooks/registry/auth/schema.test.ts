import { oauth, testRefusals, typed } from '../../../support/refusals.ts';

testRefusals([
  {
    spec: { ...typed, authConfig: { publicPaths: ['metrics'] } },
    expected: 'spec.authConfig.publicPaths[0]: must be a path that starts with /, found "metrics"',
    reason: 'a path that is none',
  },
  {
    spec: oauth({ issuerUrl: 'i' }),
    expected:
      'spec.authConfig.oauth.providers[0].issuerUrl: must be a URL that starts with http:// or https://, found "i"',
    reason: 'an issuer that is no URL',
  },
]);
