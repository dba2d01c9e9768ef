import { test } from 'tap';
import { planAuth } from '../../../../hooks/registry/auth/config.ts';
import type { AuthConfig } from '../../../../hooks/registry/auth/schema.ts';
import { deepFreeze } from '../../../support/deep-freeze.ts';

const nobody = { superAdmin: [], manageSources: [], manageRegistries: [], manageEntries: [] };

const cases: readonly {
  readonly reason: string;
  readonly authz: AuthConfig['authz'];
  readonly expected: object | undefined;
}[] = [
  { reason: 'without authz, the server decides', authz: undefined, expected: undefined },
  { reason: 'no roles at all', authz: {}, expected: { roles: nobody } },
  { reason: 'an empty map, which the server would drop', authz: { roles: {} }, expected: { roles: nobody } },
  {
    reason: 'roles that are left out belong to nobody',
    authz: { roles: { manageEntries: [{ team: 'a' }] } },
    expected: { roles: { ...nobody, manageEntries: [{ team: 'a' }] } },
  },
];

test('all roles are written where there are any, because a server without them gives every token all', async (t) => {
  for (const { reason, authz, expected } of cases) {
    const spec: AuthConfig = deepFreeze({ mode: 'oauth', ...(authz && { authz }) });
    t.strictSame(planAuth(spec).config['authz'], expected, reason);
  }
});
