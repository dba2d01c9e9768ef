/** A PostgreSQL for one run: its own folder, no user of this machine but `postgres` through its Unix socket. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeAuthority } from '../../support/pki.ts';
import { psql } from './psql.ts';

/** How long PostgreSQL may take to answer for the first time, in milliseconds. */
const START_TIMEOUT_MS = 60_000;

/** A user of this machine. */
export interface UserId {
  readonly uid: number;
  readonly gid: number;
}

export interface Cluster {
  /** Folder of its programs. */
  readonly bin: string;
  readonly data: string;
  /** Folder of its Unix socket. */
  readonly socket: string;
  /** Where it listens over TCP. */
  readonly address: string;
  readonly port: number;
}

export interface RunningPostgres extends Cluster {
  readonly stop: () => Promise<void>;
}

/**
 * Makes a cluster and starts it.
 *
 * @param folder is empty; `user` gets it
 * @throws with the log of PostgreSQL if it does not start
 */
export async function startPostgres(
  bin: string,
  folder: string,
  address: string,
  user: UserId,
): Promise<RunningPostgres> {
  const cluster: Cluster = { bin, data: join(folder, 'data'), socket: folder, address, port: 5432 };
  chownSync(folder, user.uid, user.gid);
  const init = spawnSync(
    join(bin, 'initdb'),
    [
      '--username=postgres',
      '--auth=scram-sha-256',
      '--auth-local=trust',
      '--encoding=UTF8',
      '--no-sync',
      cluster.data,
    ],
    { ...user, encoding: 'utf8', cwd: folder },
  );
  if (init.status !== 0) throw new Error(`initdb: ${init.error?.message ?? init.stderr}`);

  setAccess(cluster, true);
  const { cert, key } = await (await makeAuthority('nobody')).issue({ name: 'unused' });
  writeKeyPair(cluster, cert, key, user);
  const settings = {
    listen_addresses: address,
    port: cluster.port,
    unix_socket_directories: cluster.socket,
    ssl: 'on',
    // Nothing outlives the run.
    fsync: 'off',
    max_connections: 200,
  };
  const server = spawn(
    join(bin, 'postgres'),
    ['-D', cluster.data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...user, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  await answers(cluster, server);
  return { ...cluster, stop: () => end(server) };
}

/**
 * Writes who may log in: over TCP everybody, with and without TLS, and with a password or without. PostgreSQL reads it when it
 * starts and when its configuration is loaded again.
 */
export function setAccess({ data }: Cluster, asksForPasswords: boolean): void {
  const access = `local all postgres trust\nhost all all all ${asksForPasswords ? 'scram-sha-256' : 'trust'}\n`;
  writeFileSync(join(data, 'pg_hba.conf'), access);
}

/** Writes the certificate that PostgreSQL shows; it reads it when it starts and when its configuration is loaded again. */
export function writeKeyPair({ data }: Cluster, cert: string, key: string, user?: UserId): void {
  mkdirSync(data, { recursive: true });
  for (const [file, text] of [
    ['server.crt', cert],
    ['server.key', key],
  ] as const) {
    writeFileSync(join(data, file), text, { mode: 0o600 });
    if (user) chownSync(join(data, file), user.uid, user.gid);
  }
}

async function answers(cluster: Cluster, server: ChildProcess): Promise<void> {
  let log = '';
  server.stderr?.setEncoding('utf8').on('data', (text: string) => {
    log = (log + text).slice(-20_000);
  });
  const until = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    try {
      psql(cluster, 'postgres', 'SELECT 1');
      return;
    } catch (error) {
      if (server.exitCode !== null || Date.now() > until)
        throw new Error(`PostgreSQL: ${log}`, { cause: error });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.once('exit', () => resolve());
    // Immediate shutdown: there is nothing to keep.
    server.kill('SIGQUIT');
  });
}
