import { compile } from '../../contract/compile.ts';
import type { JsonObject } from '../../json.ts';
import { containerVariables } from '../container-variables.ts';
import type { Rule } from '../rule.ts';
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

/** How the database and the pod template fit together. They are about the whole spec, of which nothing is known. */
export const databaseAndPodRules: readonly Rule<JsonObject>[] = [noPasswordBesideDynamicAuth];
