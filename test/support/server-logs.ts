import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The log of a registry server that ended, as the kubelet keeps it (test/fixtures/server-logs/README.md). */
export interface ServerLog {
  /** Of its file, without the ending. */
  readonly name: string;
  /** Why the server ended. */
  readonly reason: string;
  /** What a status quotes of it. */
  readonly words: string;
}

export const serverLogFile = (name: string): string =>
  fileURLToPath(new URL(`../fixtures/server-logs/${name}.txt`, import.meta.url));

export const readServerLog = (name: string): string => readFileSync(serverLogFile(name), 'utf8');

export const serverLogs: readonly ServerLog[] = [
  {
    name: 'migration-password-wrong',
    reason: 'the migration user has another password',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed SASL auth: FATAL: password authentication failed for user "db_migrator" (SQLSTATE 28P01)',
  },
  {
    name: 'migration-user-unknown',
    reason: 'there is no such user: PostgreSQL says no more than that the password is wrong',
    words:
      'failed to run database migrations: failed to connect to `user=nobody database=registry`: 10.96.1.1:5432 (postgres): failed SASL auth: FATAL: password authentication failed for user "nobody" (SQLSTATE 28P01)',
  },
  {
    name: 'migration-user-without-login',
    reason: 'the migration user may not log in',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): server error: FATAL: role "db_migrator" is not permitted to log in (SQLSTATE 28000)',
  },
  {
    name: 'migration-user-without-rights',
    reason: 'the migration user may not make tables: the statement that it was refused is left out',
    words: 'failed to run database migrations: pq: permission denied for schema public',
  },
  {
    name: 'connections-of-role-used-up',
    reason: 'the migration user has all the connections that it may have',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): server error: FATAL: too many connections for role "db_migrator" (SQLSTATE 53300)',
  },
  {
    name: 'right-to-connect-missing',
    reason: 'nobody may connect to the database',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): server error: FATAL: permission denied for database "registry" (SQLSTATE 42501)',
  },
  {
    name: 'role-of-application-missing',
    reason:
      'the migration user may not make the role that is missing: what is left of the log is the migration, and the error at its end',
    words: 'pq: permission denied to create role',
  },
  {
    name: 'database-missing',
    reason: 'the server has no such database',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=nothing`: 10.96.1.1:5432 (postgres): server error: FATAL: database "nothing" does not exist (SQLSTATE 3D000)',
  },
  {
    name: 'database-refuses-connections',
    reason: 'nobody listens at the address',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.3.3:5432 (10.96.3.3): dial error: dial tcp 10.96.3.3:5432: connect: connection refused',
  },
  {
    name: 'database-host-unknown',
    reason: 'the name of the host is unknown',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: hostname resolving error: lookup postgres.databases.svc.cluster.local on 127.0.0.1:53: no such host',
  },
  {
    name: 'database-without-tls',
    reason: 'sslMode asks for TLS, and the database has none',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.3.3:5432 (10.96.3.3): tls error: server refused TLS connection',
  },
  {
    name: 'database-demands-tls',
    reason: 'the database takes nobody without TLS',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): server error: FATAL: no pg_hba.conf entry for host "10.96.0.1", user "db_migrator", database "registry", no encryption (SQLSTATE 28000)',
  },
  {
    name: 'database-authority-unknown',
    reason: 'sslMode is verify-ca, and nobody trusts who signed the certificate',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed to write startup message: write failed: x509: certificate signed by unknown authority',
  },
  {
    name: 'database-certificate-of-another-host',
    reason: 'sslMode is verify-full, and the certificate is that of another host',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed to write startup message: write failed: tls: failed to verify certificate: x509: certificate is valid for other, not postgres',
  },
  {
    name: 'database-tls-mode-unknown',
    reason: 'sslMode is one that only half of the server knows',
    words:
      'failed to run database migrations: pq: unsupported sslmode "prefer"; only "require" (default), "verify-full", "verify-ca", and "disable" supported',
  },
  {
    name: 'database-host-not-a-name',
    reason: 'the host is not a name: the error quotes a URL with a password',
    words:
      'failed to run database migrations: cannot parse `postgres://***@post gres:5432/registry?sslmode=require`: failed to parse as URL (invalid character " " in host name)',
  },
  {
    name: 'database-port-not-a-port',
    reason: 'the port is too large: the error quotes a URL with a password',
    words:
      'failed to run database migrations: cannot parse `postgres://***@10.96.3.3:543210/registry?sslmode=require`: invalid port (strconv.ParseUint: parsing "543210": value out of range)',
  },
  {
    name: 'database-user-missing',
    reason: 'the user is empty',
    words: 'failed to load configuration: database.user is required',
  },
  {
    name: 'database-migration-unfinished',
    reason: 'a migration was interrupted',
    words: 'failed to run database migrations: Dirty database version 23. Fix and force version.',
  },
  {
    name: 'database-of-a-newer-server',
    reason: 'a newer server has migrated the database',
    words:
      'failed to run database migrations: no migration found for version 999: read down for version 999 .: file does not exist',
  },
  {
    name: 'database-migrated-further',
    reason: 'a migration runs a second time',
    words: 'pq: function arguments_text_to_jsonb(jsonb) does not exist',
  },
  {
    name: 'database-tables-of-somebody-else',
    reason: 'the database has tables of the same names',
    words: 'pq: relation "registry" already exists',
  },
  {
    name: 'aws-region-missing',
    reason: 'the region of AWS is empty',
    words:
      'failed to run database migrations: dynamic auth (awsRdsIam): AWS RDS IAM region is not configured',
  },
  {
    name: 'aws-credentials-missing',
    reason: 'there is nobody to ask for a token of AWS',
    words:
      'failed to run database migrations: failed to refresh cached credentials, no EC2 IMDS role found, operation error ec2imds: GetMetadata, exceeded maximum number of attempts, 3, request send failed, Get "http://169.254.169.254/latest/meta-data/iam/security-credentials/": dial tcp 169.254.169.254:80: connect: network is unreachable',
  },
  {
    name: 'aws-and-password',
    reason: 'two ways to log in',
    words:
      'failed to load configuration: database.password and database.dynamicAuth are mutually exclusive; use one authentication method',
  },
  {
    name: 'pgpass-empty',
    reason: 'the pgpass file has no password',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed SASL auth: FATAL: password authentication failed for user "db_migrator" (SQLSTATE 28P01)',
  },
  {
    name: 'pgpass-missing',
    reason: 'there is no pgpass file where PGPASSFILE says',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed SASL auth: FATAL: password authentication failed for user "db_migrator" (SQLSTATE 28P01)',
  },
  {
    name: 'pgpass-of-another-host',
    reason: 'the pgpass file is for another host',
    words:
      'failed to run database migrations: failed to connect to `user=db_migrator database=registry`: 10.96.1.1:5432 (postgres): failed SASL auth: FATAL: password authentication failed for user "db_migrator" (SQLSTATE 28P01)',
  },
  {
    name: 'issuer-over-http',
    reason: 'the issuer has no TLS',
    words:
      'failed to load configuration: auth.oauth.providers[0].issuerUrl must use HTTPS (set THV_REGISTRY_INSECURE_URL=true to allow HTTP)',
  },
  {
    name: 'issuer-client-secret-missing',
    reason: 'the file with the client secret is missing',
    words:
      'failed to build application: failed to read client secret for provider "sso": failed to read client secret: failed to resolve path: lstat /secrets: no such file or directory',
  },
  {
    name: 'issuer-authority-missing',
    reason: 'the CA bundle of an issuer is missing',
    words:
      'failed to build application: failed to create validator for provider "sso": failed to create HTTP client: failed to read CA certificate bundle: open /secrets/missing/file: no such file or directory',
  },
  {
    name: 'issuer-authority-not-a-certificate',
    reason: 'the CA bundle of an issuer has no certificate',
    words:
      'failed to build application: failed to create validator for provider "sso": failed to create HTTP client: failed to parse CA certificate bundle',
  },
  {
    name: 'auth-mode-unknown',
    reason: 'there is no such way to authenticate',
    words: "failed to load configuration: invalid auth.mode: basic (must be 'anonymous' or 'oauth')",
  },
  {
    name: 'auth-without-providers',
    reason: 'OAuth without a provider',
    words: 'failed to load configuration: auth.oauth.providers is required when mode is oauth',
  },
  {
    name: 'git-password-missing',
    reason: 'the file with the password of a repository is missing',
    words:
      'failed to load configuration: source[0] (a): git.auth.passwordFile is not accessible: stat /secrets/missing/file: no such file or directory',
  },
  {
    name: 'source-without-origin',
    reason: 'a source that says nothing of where it is',
    words:
      'failed to load configuration: source[0] (a): one of git, api, file, managed, or kubernetes configuration must be specified',
  },
  {
    name: 'source-interval-not-a-duration',
    reason: 'an interval that is not one',
    words: `failed to load configuration: source[0] (a): syncPolicy.interval must be a valid duration (e.g., '30m', '1h'): time: invalid duration "often"`,
  },
  {
    name: 'view-of-unknown-source',
    reason: 'a view of a source that is not there',
    words: "failed to load configuration: registries[0] (default): references unknown source 'b'",
  },
  {
    name: 'config-without-sources',
    reason: 'a configuration without sources',
    words: 'failed to load configuration: at least one source must be configured',
  },
  {
    name: 'config-without-database',
    reason: 'a configuration without a database',
    words: 'failed to load configuration: database.host is required',
  },
  {
    name: 'config-field-of-another-type',
    reason: 'a text in place of a list: the error is on a line of its own, after an empty one',
    words: `failed to load configuration: 'Sources[0]' expected a map or struct, got "string"`,
  },
  {
    name: 'config-not-yaml',
    reason: 'a configuration that is not YAML',
    words:
      'failed to load configuration: While parsing config: yaml: line 2: found character that cannot start any token',
  },
  {
    name: 'config-missing',
    reason: 'there is no file where the argument says',
    words: 'failed to load configuration: lstat /config/missing.yaml: no such file or directory',
  },
  {
    name: 'argument-unknown',
    reason: 'an argument that the server does not know',
    words: 'unknown flag: --prot',
  },
  {
    name: 'command-unknown',
    reason: 'a command that the server does not know: how to use it is left out',
    words: 'unknown command "server" for "thv-registry-api"',
  },
  {
    name: 'variable-of-a-service',
    reason: 'a Service whose variable the server takes for its own',
    words:
      "failed to load configuration: 'Database.Port' cannot parse value as 'int': strconv.ParseInt: invalid syntax",
  },
  {
    name: 'audit-folder-missing',
    reason: 'the folder of the audit log is missing',
    words:
      'failed to load configuration: audit.logFile directory does not exist: lstat /data/audit: no such file or directory',
  },
  {
    name: 'audit-folder-read-only',
    reason: 'the folder of the audit log is read-only',
    words:
      'failed to build application: failed to open audit log file "/config/audit.log": open /config/audit.log: read-only file system',
  },
  {
    name: 'collector-not-a-host',
    reason: 'the endpoint of the collector has a scheme',
    words:
      'failed to initialize telemetry: parse "http://http:%2F%2Fotel-collector:4318/v1/metrics": invalid port ":%2F%2Fotel-collector:4318" after host',
  },
  {
    name: 'api-port-in-use',
    reason: 'something else has the port: the error is the only one that is logged as JSON',
    words: 'listen tcp :8080: bind: address already in use',
  },
];
