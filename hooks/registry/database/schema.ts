import { type Static, Type } from '@sinclair/typebox';
import { OneOf, SecretKeyRef, SpecObject, Text } from '../fields/common.ts';
import { GoDuration } from '../fields/go-duration.ts';

/** The PostgreSQL database of a registry server. It always needs one; every field has a default. */
export const DatabaseConfig = SpecObject(
  {
    host: Type.Optional(Text('Host name of the database server.', { default: 'postgres' })),
    port: Type.Optional(
      Type.Integer({
        description: 'Port of the database server.',
        minimum: 1,
        maximum: 65_535,
        default: 5432,
      }),
    ),
    user: Type.Optional(
      Text('User of the application, with rights to read and write rows.', { default: 'db_app' }),
    ),
    migrationUser: Type.Optional(
      Text('User that migrates the schema when the server starts, with the right to create in it.', {
        default: 'db_migrator',
      }),
    ),
    database: Type.Optional(Text('Name of the database.', { default: 'registry' })),
    sslMode: Type.Optional(
      OneOf(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'], {
        description:
          'How TLS is used on the connection. allow, prefer and no value mean require, because the driver that migrates the schema supports neither. Set disable for a database without TLS, and verify-ca to check its certificate; verify-full checks it against the name localhost.',
        default: 'require',
      }),
    ),
    maxOpenConns: Type.Optional(
      Type.Integer({
        description: 'Maximum number of open connections.',
        minimum: 1,
        maximum: 2_147_483_647,
        default: 10,
      }),
    ),
    maxIdleConns: Type.Optional(
      Type.Integer({
        description: 'Maximum number of idle connections.',
        minimum: 0,
        maximum: 2_147_483_647,
        default: 2,
      }),
    ),
    connMaxLifetime: Type.Optional(GoDuration('How long a connection may be reused.', { default: '30m' })),
    maxMetaSize: Type.Optional(
      Type.Integer({
        description: "Largest size of a publisher's metadata in bytes; the server has 262144 by default.",
        minimum: 1,
        maximum: 2_147_483_647,
      }),
    ),
    dynamicAuth: Type.Optional(
      SpecObject(
        {
          awsRdsIam: Type.Optional(
            SpecObject(
              {
                region: Type.Optional(
                  Text('Region of the database, required; "detect" asks the metadata of the instance.'),
                ),
              },
              { description: 'Authentication by AWS RDS IAM.' },
            ),
          ),
        },
        {
          description:
            'Short-lived credentials in place of passwords. The password references are ignored with it.',
        },
      ),
    ),
    dbAppUserPasswordSecretRef: Type.Optional(
      SecretKeyRef('Password of the application user; becomes an environment variable of the container.'),
    ),
    dbMigrationUserPasswordSecretRef: Type.Optional(
      SecretKeyRef('Password of the migration user; becomes an environment variable of the container.'),
    ),
  },
  {
    description:
      "The PostgreSQL database of the registry server, which always needs one and migrates its schema itself when it starts. Each registry needs a database of its own: registries that share one delete each other's sources and views. Every field may be left out. Passwords come from the two references, from pgpassSecretRef or, with dynamicAuth, from the cloud.",
  },
);
export type DatabaseConfig = Static<typeof DatabaseConfig>;
