import { test } from 'tap';
import { readSpec } from '../../../support/read-spec.ts';
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
      databaseConfig: { dynamicAuth: { awsRdsIam: { region: 'detect' } } },
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
  ...[{}, { awsRdsIam: {} }].map((dynamicAuth) => ({
    spec: { ...typed, databaseConfig: { dynamicAuth } },
    expected:
      'spec.databaseConfig.dynamicAuth: must have awsRdsIam.region, because the server ignores it otherwise and has no password left: set the region of the database, or "detect"',
    reason: `dynamicAuth that the server drops, ${JSON.stringify(dynamicAuth)}`,
  })),
  ...['dbAppUserPasswordSecretRef', 'dbMigrationUserPasswordSecretRef'].map((name) => ({
    spec: { ...typed, databaseConfig: { [name]: { name: 'a', key: 'b', optional: true } } },
    expected: `spec.databaseConfig.${name}.optional: must not be true, because the server does not run without it: remove it`,
    reason: `a password that the server does not run without, ${name}`,
  })),
]);

test('a reference that is ignored may be optional', async (t) => {
  const databaseConfig = {
    dynamicAuth: { awsRdsIam: { region: 'detect' } },
    dbAppUserPasswordSecretRef: { name: 'a', key: 'b', optional: true },
  };
  t.strictSame(readSpec({ ...typed, databaseConfig }).problems, undefined);
});
