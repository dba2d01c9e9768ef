import { compile } from '../../contract/compile.ts';
import type { JsonObject } from '../../json.ts';
import { neededField } from '../needed-rules.ts';
import type { Rule } from '../rule.ts';
import { containerVariables } from '../server-container.ts';
import { PASSWORD_VARIABLES } from './config.ts';
import { DatabaseConfig } from './schema.ts';

const isDatabase = compile(DatabaseConfig);

/** The server refuses a password with dynamicAuth, wherever it comes from. CEL does not see into a pod template. */
const noPasswordBesideDynamicAuth: Rule<JsonObject> = {
  check: ({ databaseConfig: database, podTemplateSpec }) => {
    if (!isDatabase.Check(database) || !database.dynamicAuth) return [];
    const names = containerVariables(podTemplateSpec).map(({ name }) => name);
    const password = Object.values(PASSWORD_VARIABLES).find((name) => names.includes(name));
    return password === undefined
      ? []
      : [
          {
            field: 'spec.databaseConfig.dynamicAuth',
            message: `can't be combined with ${password}, which podTemplateSpec sets: keep one of them`,
          },
        ];
  },
};

/** The server drops what is empty when it loads its configuration, and then has neither a password nor another way in. */
const dynamicAuthHasRegion: Rule<DatabaseConfig> = {
  field: '.dynamicAuth',
  message:
    'must have awsRdsIam.region, because the server ignores it otherwise and has no password left: set the region of the database, or "detect"',
  cel: '!has(self.dynamicAuth) || (has(self.dynamicAuth.awsRdsIam) && has(self.dynamicAuth.awsRdsIam.region))',
  check: ({ dynamicAuth }) => !dynamicAuth || dynamicAuth.awsRdsIam?.region !== undefined,
};

/** With dynamicAuth, the references are ignored. */
const passwordRules = (['dbAppUserPasswordSecretRef', 'dbMigrationUserPasswordSecretRef'] as const).map(
  (name): Rule<DatabaseConfig> => {
    const needed = neededField(name);
    return {
      ...needed,
      cel: `has(self.dynamicAuth) || ${needed.cel}`,
      check: (database) => database.dynamicAuth !== undefined || needed.check(database),
    };
  },
);

/** What holds of the database alone. */
export const databaseRules: readonly Rule<DatabaseConfig>[] = [dynamicAuthHasRegion, ...passwordRules];

/** How the database and the pod template fit together. They are about the whole spec, of which nothing is known. */
export const databaseAndPodRules: readonly Rule<JsonObject>[] = [noPasswordBesideDynamicAuth];
