import { testRefusals, typed } from '../../../support/refusals.ts';

testRefusals([
  {
    spec: { ...typed, databaseConfig: { port: 0 } },
    expected: 'spec.databaseConfig.port: must be a whole number from 1 to 65535, found 0',
    reason: 'no port',
  },
  {
    spec: { ...typed, databaseConfig: { sslMode: 'yes' } },
    expected:
      'spec.databaseConfig.sslMode: must be one of disable, allow, prefer, require, verify-ca, verify-full, found "yes"',
    reason: 'no TLS mode',
  },
]);
