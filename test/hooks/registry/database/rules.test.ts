import { testRefusals, typed } from '../../../support/refusals.ts';

testRefusals([
  {
    spec: { ...typed, databaseConfig: { connMaxLifetime: '9999999999h' } },
    expected:
      'spec.databaseConfig.connMaxLifetime: must be at most 290 years, which the server can count, found "9999999999h"',
    reason: 'a lifetime that the server fails on',
  },
  {
    spec: {
      ...typed,
      databaseConfig: { dynamicAuth: { awsRdsIam: {} } },
      podTemplateSpec: {
        spec: {
          containers: [
            { name: 'registry-api', env: [{ name: 'THV_REGISTRY_DATABASE_PASSWORD', value: 'x' }] },
          ],
        },
      },
    },
    expected:
      "spec.databaseConfig.dynamicAuth: can't be combined with THV_REGISTRY_DATABASE_PASSWORD, which podTemplateSpec sets: keep one of them",
    reason: 'a password with dynamicAuth, which the server refuses',
  },
]);
