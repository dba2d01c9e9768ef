import type { EnvVar } from '../pod-fragment.ts';
import type { ConfigObject } from '../server-config.ts';
import type { DatabaseConfig } from './schema.ts';

/** The environment variables that carry the passwords (toolhive-registry-server: docs/environment-variables.md). */
export const PASSWORD_VARIABLES = {
  app: 'THV_REGISTRY_DATABASE_PASSWORD',
  migration: 'THV_REGISTRY_DATABASE_MIGRATIONPASSWORD',
} as const;

/**
 * The `database` section and the environment variables that carry the passwords.
 *
 * @param spec the defaults of the resource where a field, or all of it, is left out
 */
export function planDatabase(spec: DatabaseConfig = {}): { config: ConfigObject; env: readonly EnvVar[] } {
  const { dynamicAuth, dbAppUserPasswordSecretRef, dbMigrationUserPasswordSecretRef } = spec;
  return {
    config: {
      host: spec.host ?? 'postgres',
      port: spec.port ?? 5432,
      user: spec.user ?? 'db_app',
      migrationUser: spec.migrationUser ?? 'db_migrator',
      database: spec.database ?? 'registry',
      sslMode: sslModeOf(spec),
      maxOpenConns: spec.maxOpenConns ?? 10,
      maxIdleConns: spec.maxIdleConns ?? 2,
      connMaxLifetime: spec.connMaxLifetime ?? '30m',
      maxMetaSize: spec.maxMetaSize,
      dynamicAuth: dynamicAuth && {
        awsRdsIam: dynamicAuth.awsRdsIam && { region: dynamicAuth.awsRdsIam.region },
      },
    },
    // The server refuses a password with dynamicAuth, and upstream CRDs demanded the references even there.
    env: dynamicAuth
      ? []
      : [
          ...passwordVariable(PASSWORD_VARIABLES.app, dbAppUserPasswordSecretRef),
          ...passwordVariable(PASSWORD_VARIABLES.migration, dbMigrationUserPasswordSecretRef),
        ],
  };
}

/**
 * Migrations run on a driver (github.com/lib/pq) that refuses "allow" and "prefer", the resource's former default:
 * a server with one of them never starts. TLS is what both prefer.
 */
function sslModeOf({ sslMode }: DatabaseConfig): string {
  return sslMode === undefined || sslMode === 'allow' || sslMode === 'prefer' ? 'require' : sslMode;
}

function passwordVariable(name: string, ref: DatabaseConfig['dbAppUserPasswordSecretRef']): EnvVar[] {
  return ref ? [{ name, valueFrom: { secretKeyRef: { name: ref.name, key: ref.key } } }] : [];
}
