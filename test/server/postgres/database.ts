import type { Authority } from '../../support/pki.ts';
import { type Cluster, setAccess, writeKeyPair } from './postgres.ts';
import { psql } from './psql.ts';

/** A role of the database that a registry logs in as. */
export interface Role {
  readonly name: string;
  readonly password: string;
  /** Whether it may make tables, as the migration user has to. */
  readonly migrates: boolean;
}

/** The roles of `manifests/examples/quickstart/init.sql`. */
export const quickstartRoles: readonly Role[] = [
  { name: 'db_app', password: 'app-password', migrates: false },
  { name: 'db_migrator', password: 'migration-password', migrates: true },
];

/** What the migrations grant rights to, and what `db_app` reads and writes by. */
const RIGHTS = 'toolhive_registry_server';

/** The databases of one world. */
export interface Database {
  /** Runs SQL as superuser in the database `registry`, or the named one; rows with `|` between the columns. */
  readonly sql: (text: string, database?: string) => string;
  /** Makes an empty database that the roles may use as those of the quickstart may. */
  readonly create: (name: string) => void;
  /** Lets a role log in with another password. */
  readonly password: (role: string, password: string) => void;
  /** Shows a certificate that is valid for these names, signed by the authority of the world or another one. */
  readonly certificate: (names: readonly string[], authority?: Authority) => Promise<void>;
}

/** Empties a cluster, and makes the roles and an empty database `registry`. */
export async function openDatabase(
  cluster: Cluster,
  authority: Authority,
  roles: readonly Role[],
  asksForPasswords = true,
): Promise<Database> {
  const sql = (text: string, database = 'registry') => psql(cluster, database, text);
  empty(cluster);
  setAccess(cluster, asksForPasswords);
  sql(`CREATE ROLE ${RIGHTS} NOLOGIN`, 'postgres');
  for (const { name, password, migrates } of roles) {
    const within = migrates ? '' : `IN ROLE ${RIGHTS}`;
    sql(`CREATE ROLE ${quoted(name)} LOGIN PASSWORD ${literal(password)} ${within}`, 'postgres');
  }
  const database: Database = {
    sql,
    create: (name) => {
      sql(`CREATE DATABASE ${quoted(name)}`, 'postgres');
      for (const role of roles.filter(({ migrates }) => migrates)) {
        sql(`GRANT USAGE, CREATE ON SCHEMA public TO ${quoted(role.name)}`, name);
      }
    },
    password: (role, password) => sql(`ALTER ROLE ${quoted(role)} PASSWORD ${literal(password)}`, 'postgres'),
    certificate: async (names, by = authority) => {
      const alternatives = names.map((value) => ({ type: 'dns', value }) as const);
      const { cert, key } = await by.issue({ name: 'postgres', alternatives });
      writeKeyPair(cluster, cert, key);
      sql('SELECT pg_reload_conf()', 'postgres');
    },
  };
  database.create('registry');
  await database.certificate(['postgres']);
  return database;
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;

function empty(cluster: Cluster): void {
  const names = (sql: string) => psql(cluster, 'postgres', sql).split('\n').filter(Boolean);
  for (const name of names(`SELECT datname FROM pg_database WHERE datname !~ '^(postgres$|template)'`)) {
    psql(cluster, 'postgres', `DROP DATABASE ${quoted(name)} WITH (FORCE)`);
  }
  for (const name of names(`SELECT rolname FROM pg_roles WHERE rolname !~ '^(pg_|postgres$)'`)) {
    psql(cluster, 'postgres', `DROP ROLE ${quoted(name)}`);
  }
}
