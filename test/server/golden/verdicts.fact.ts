/**
 * Runs each golden case for real, and compares with the `server.txt` beside it: whether the server gets ready, what it says
 * of each source, and the servers of each view. `npm run test:server -- --update` writes them.
 *
 * The server reads one source when it starts and the next one some two minutes later, so it is started once for each
 * source that it reads. Where a case has no password, its database asks for none. No case sees a Kubernetes API server.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'tap';
import { parse } from 'yaml';
import { matchesGolden } from '../../support/golden.ts';
import { type GoldenCase, goldenCases, goldenText, outputOf } from '../../support/golden-cases.ts';
import { namedFiles } from '../../support/pod-files.ts';
import { upstreamCatalog } from '../catalog.ts';
import { PodProblem } from '../pod/pod-problem.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import type { Objects, PodTemplate } from '../pod/types.ts';
import { quickstartRoles, type Role } from '../postgres/database.ts';
import { startWorld, type World } from '../world.ts';
import { objectsFor } from './objects.ts';
import { type Config, entriesOf, serveIssuers, serveOutside, TOKEN } from './outside.ts';
import { lastErrors, steady } from './words.ts';

const READY_MS = 20_000;
const READ_MS = 20_000;
/** Names of a view that a verdict has. */
const MAX_NAMES = 30;

for (const golden of goldenCases) {
  test(`golden case ${golden.name}`, async (t) => {
    const config = parse(outputOf(golden.desired).config) as Config;
    const asksForPasswords = /PGPASSFILE|DATABASE_PASSWORD/.test(
      JSON.stringify(outputOf(golden.desired).pod),
    );
    const roles = rolesOf(config);
    const world = await startWorld(t, { roles, asksForPasswords });
    const { host, database } = config.database ?? {};
    if (database && database !== 'registry') world.database.create(database);
    if (host) await world.database.certificate([host]);
    await serveOutside(world, config);
    const token = await serveIssuers(world, config);

    const lines = await verdictOf(golden, config, world, roles, token);
    const sha256 = createHash('sha256').update(outputOf(golden.desired).config).digest('hex');
    const verdict = [
      `server: ${releaseOf(golden.name) ?? world.version}`,
      `config.yaml: sha256 ${sha256}`,
      ...lines,
    ].join('\n');
    matchesGolden(t, `registry/${golden.name}/server.txt`, `${verdict}\n`);
  });
}

/**
 * The release of the verdict that is there, undefined where it is to be written: another release passes where it does the
 * same, so that what fails is what has changed.
 */
function releaseOf(name: string): string | undefined {
  if (process.env['UPDATE_GOLDEN']) return undefined;
  return /^server: (.*)$/m.exec(goldenText(name, 'server.txt'))?.[1];
}

/** The roles that a configuration logs in as. */
function rolesOf({ database }: Config): Role[] {
  const { user = 'db_app' } = database ?? {};
  const { migrationUser = user } = database ?? {};
  const [app, migration] = quickstartRoles;
  const roles = [
    { name: user, password: app?.password ?? '', migrates: user === migrationUser },
    { name: migrationUser, password: migration?.password ?? '', migrates: true },
  ];
  // The superuser is there.
  return roles.filter(({ name }, index) => name !== 'postgres' && (index === 0 || name !== user));
}

async function verdictOf(
  golden: GoldenCase,
  config: Config,
  world: World,
  roles: readonly Role[],
  token: string | undefined,
): Promise<string[]> {
  const { registry } = golden;
  const objects = contentsOf(golden, world, roles);
  const synced = (config.sources ?? []).filter(({ managed, kubernetes }) => !managed && !kubernetes);
  for (let start = 1; ; start++) {
    let pod: RunningPod;
    try {
      pod = await world.start({ registry, objects });
    } catch (error) {
      if (error instanceof PodProblem) return [`pod: ${error.message}`];
      throw error;
    }
    try {
      await pod.ready(READY_MS);
    } catch {
      const { code, signal } = await Promise.race([pod.ended, pod.kill()]);
      const how = signal === 'SIGKILL' ? `not ready within ${READY_MS / 1000} s` : `ends with ${code}`;
      return [`pod: ${how}`, ...lastErrors(pod.log()).map((line) => `says: ${line}`)];
    }
    if (synced.length > 0) await pod.logged(/"(Sync completed successfully|Sync failed)"/, READ_MS);
    await settled(world, config);
    if (start < synced.length) {
      await pod.stop(false);
      continue;
    }
    const found = await findings(pod, config, token);
    const { code } = await pod.stop(false);
    return ['pod: ready', ...found, `end: ${code}`];
  }
}

/** Waits until the server has written down all sources and how far it is with each: it does so after it is ready. */
async function settled(world: World, { sources = [], database }: Config): Promise<void> {
  const sql = `SELECT count(*), count(*) FILTER (WHERE sync_status = 'IN_PROGRESS') FROM registry_sync`;
  const until = Date.now() + READ_MS;
  while (world.database.sql(sql, database?.database) !== `${sources.length}|0`) {
    if (Date.now() > until) throw new Error('the server does not come to rest');
    await sleep(100);
  }
}

/** What a caller gets. */
async function findings(pod: RunningPod, config: Config, token: string | undefined): Promise<string[]> {
  const lines: string[] = [];
  if (config.auth?.oauth) lines.push(`without a token: ${(await pod.get('/v1/registries')).status}`);
  for (const { name } of config.sources ?? []) {
    const { status, body } = await pod.get(`/v1/sources/${encodeURIComponent(name)}`, { token });
    const { phase, serverCount, message } = (body as { syncStatus?: Sync }).syncStatus ?? {};
    const said = message ? `, ${steady(message)}` : '';
    lines.push(
      `source ${name}: ${status === 200 ? `${phase ?? 'no status'}, ${serverCount ?? 0}${said}` : status}`,
    );
  }
  for (const { name } of config.registries ?? []) {
    const { status, servers } = await pod.view(name, { token });
    const more = servers.length > MAX_NAMES ? [`and ${servers.length - MAX_NAMES} more`] : [];
    lines.push(
      `view ${name}: ${status}`,
      ...[...servers.slice(0, MAX_NAMES), ...more].map((each) => `  ${each}`),
    );
  }
  return lines;
}

interface Sync {
  readonly phase?: string;
  readonly serverCount?: number;
  readonly message?: string;
}

function contentsOf(golden: GoldenCase, world: World, roles: readonly Role[]): Objects {
  const output = outputOf(golden.desired);
  const [app, migration = app] = roles;
  return objectsFor(output.pod as unknown as PodTemplate, [...namedFiles(output.config).keys()], {
    password: (role) => (role === 'app' ? app : migration)?.password ?? '',
    pgpass: roles.map(({ name, password }) => `*:*:*:${name}:${password}\n`).join(''),
    authority: world.authority.cert,
    catalog: (name) => upstreamCatalog(entriesOf(name)),
    token: TOKEN,
  });
}
