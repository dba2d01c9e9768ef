import { compile } from '../../contract/compile.ts';
import type { Problem } from '../../problem.ts';
import { DatabaseConfig } from '../spec/database.ts';
import { durationProblems } from './go.ts';
import { containerVariables, type Fields } from './parts.ts';

const isDatabase = compile(DatabaseConfig);
const passwords = ['THV_REGISTRY_DATABASE_PASSWORD', 'THV_REGISTRY_DATABASE_MIGRATIONPASSWORD'];

/** The server refuses a password beside dynamicAuth, wherever it comes from. */
export function databaseProblems({ databaseConfig: database, podTemplateSpec }: Fields): Problem[] {
  if (!isDatabase.Check(database)) return [];
  const password = passwords.find((name) =>
    containerVariables(podTemplateSpec).some((env) => env['name'] === name),
  );
  return [
    ...durationProblems(database.connMaxLifetime, 'spec.databaseConfig.connMaxLifetime'),
    ...(database.dynamicAuth && password
      ? [
          {
            field: 'spec.databaseConfig.dynamicAuth',
            message: `can't be combined with ${password}, which podTemplateSpec sets: keep one of them`,
          },
        ]
      : []),
  ];
}
