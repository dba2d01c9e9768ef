import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { howToGetServers, readServerBinary, type ServerBinary } from '../../scripts/server-binary.ts';
import type { KubernetesAccess } from './harness-settings.ts';
import type { UserId } from './postgres/postgres.ts';

/** What this machine has to have. */
export interface Requirements {
  readonly server: ServerBinary;
  readonly postgresBin: string;
  /** PostgreSQL refuses to run as root. */
  readonly postgresUser: UserId;
  readonly kubernetes: KubernetesAccess | undefined;
}

/** Programs with the Debian package that has them. */
const PROGRAMS = {
  unshare: 'util-linux',
  setpriv: 'util-linux',
  mount: 'mount',
  chroot: 'coreutils',
  ip: 'iproute2',
  git: 'git',
} as const;
const POSTGRES_ROOT = '/usr/lib/postgresql';

/** Namespaces of its own for network, mounts and processes: what ends the first of them ends all. */
export const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'] as const;

/**
 * Looks for everything at once.
 *
 * @returns the requirements, or what is missing and how to get it
 */
export function readRequirements(
  serverArgument: string | undefined,
  env: NodeJS.ProcessEnv,
): { readonly found: Requirements } | { readonly missing: readonly string[] } {
  const missing: string[] = [];
  const need = <T>(look: () => T): T | undefined => {
    try {
      return look();
    } catch (error) {
      missing.push((error as Error).message);
      return undefined;
    }
  };
  need(checkPrograms);
  need(checkNamespaces);
  const server = need(() => findServer(serverArgument ?? env['REGISTRY_SERVER']));
  const postgresBin = need(() => findPostgres(env['POSTGRES_BIN']));
  const postgresUser = need(nobody);
  const kubernetes = need(() => findKubernetes(env['KUBECONFIG']));
  return missing.length === 0 && server && postgresBin && postgresUser
    ? { found: { server, postgresBin, postgresUser, kubernetes } }
    : { missing };
}

function checkPrograms(): void {
  const absent = Object.entries(PROGRAMS).filter(([name]) => spawnSync(name, ['--version']).error);
  if (absent.length > 0) {
    const [names, packages] = [absent.map(([name]) => name), new Set(absent.map(([, of]) => of))];
    throw new Error(
      `Not on this machine: ${names.join(', ')}. On Debian: apt-get install ${[...packages].join(' ')}`,
    );
  }
  // What git says of a command that it does not have; the backend itself ends with 128 outside a web server.
  if (spawnSync('git', ['http-backend'], { env: { PATH: process.env['PATH'] } }).status === 1) {
    throw new Error('git has no http-backend. On Debian: apt-get install git');
  }
}

function checkNamespaces(): void {
  if (process.platform !== 'linux') throw new Error('This needs Linux: it makes namespaces.');
  if (process.getuid?.() !== 0) {
    throw new Error(
      'This needs root: the absolute paths of a pod are made true with mount namespaces. Run it as root, or in a container: docker run --privileged.',
    );
  }
  const { status, stderr, error } = spawnSync('unshare', [...NAMESPACES, 'true'], { encoding: 'utf8' });
  // That there is no such program has been said.
  if (!error && status !== 0) {
    throw new Error(
      `Namespaces can't be made here: ${stderr.trim()} In a container, run it with --privileged.`,
    );
  }
}

function findServer(argument: string | undefined): ServerBinary {
  if (argument === undefined || argument === '') {
    throw new Error(
      `No registry server: set REGISTRY_SERVER, or give an argument, such as v1.5.1=/tmp/v1.5.1/thv-registry-api.\n${howToGetServers.trim()}`,
    );
  }
  return readServerBinary(argument);
}

function findPostgres(folder: string | undefined): string {
  const bin = folder ?? newestPostgres();
  for (const name of ['initdb', 'postgres', 'psql']) {
    try {
      accessSync(join(bin ?? POSTGRES_ROOT, name), constants.X_OK);
    } catch {
      throw new Error(
        `No PostgreSQL: ${bin ?? `${POSTGRES_ROOT}/<version>/bin`} has no ${name}. On Debian: apt-get install postgresql. Elsewhere, set POSTGRES_BIN to the folder with initdb, postgres and psql.`,
      );
    }
  }
  return bin ?? POSTGRES_ROOT;
}

function newestPostgres(): string | undefined {
  try {
    const [newest] = readdirSync(POSTGRES_ROOT).sort((a, b) => Number(b) - Number(a));
    return newest === undefined ? undefined : join(POSTGRES_ROOT, newest, 'bin');
  } catch {
    return undefined;
  }
}

/** It has to be a user with a name. */
function nobody(): UserId {
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? [];
  if (uid === undefined || gid === undefined) {
    throw new Error('There is no user "nobody", as whom PostgreSQL could run: add it to /etc/passwd.');
  }
  return { uid: Number(uid), gid: Number(gid) };
}

interface Named {
  readonly name: string;
}
interface KubeConfig {
  readonly 'current-context': string;
  readonly contexts: readonly (Named & {
    readonly context: { readonly cluster: string; readonly user: string };
  })[];
  readonly clusters: readonly (Named & {
    readonly cluster: {
      readonly server: string;
      readonly 'certificate-authority'?: string;
      readonly 'certificate-authority-data'?: string;
    };
  })[];
  readonly users: readonly (Named & { readonly user: { readonly token?: string } })[];
}

/** The API server of a file whose user has a token; `undefined` without a file. */
function findKubernetes(path: string | undefined): KubernetesAccess | undefined {
  if (path === undefined || path === '') return undefined;
  const config = parse(readFileSync(path, 'utf8')) as KubeConfig;
  const named = <T extends Named>(list: readonly T[], name: string | undefined) =>
    list.find((entry) => entry.name === name);
  const context = named(config.contexts, config['current-context'])?.context;
  const cluster = named(config.clusters, context?.cluster)?.cluster;
  const token = named(config.users, context?.user)?.user.token;
  const data = cluster?.['certificate-authority-data'];
  const file = cluster?.['certificate-authority'];
  if (!cluster || !token || (!data && !file)) {
    throw new Error(
      `KUBECONFIG ${path}: its current context needs a server with a certificate authority, and a user with a token.`,
    );
  }
  const certificateAuthority = data
    ? Buffer.from(data, 'base64').toString('utf8')
    : readFileSync(file as string, 'utf8');
  return { server: cluster.server, certificateAuthority, token };
}
