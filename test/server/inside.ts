/** The part of main.ts that runs in the namespaces: `inside.ts <folder of the run> [<test file>...]`. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HarnessSettings, SETTINGS_VARIABLE } from './harness-settings.ts';
import { startPostgres } from './postgres/postgres.ts';
import type { Requirements } from './requirements.ts';
import { forward } from './stand-ins/forward.ts';
import { answerNames } from './stand-ins/names.ts';

/** Seconds that a test file may take. */
const TIMEOUT = 600;
/**
 * All addresses of these networks belong to the loopback interface. The registry server takes the first one for public:
 * it is reserved for benchmarks (RFC 2544), and the server's list of private networks does not have it.
 */
const NETWORKS = ['198.18.0.1/15', '10.96.0.1/16'];
const POSTGRES_ADDRESS = '10.96.1.1';

const root = fileURLToPath(new URL('../..', import.meta.url));
const [folder = '', ...files] = process.argv.slice(2);
const { server, postgresBin, postgresUser, kubernetes } = JSON.parse(
  readFileSync(join(folder, 'start.json'), 'utf8'),
) as Requirements;

ip('link', 'set', 'lo', 'up');
for (const network of NETWORKS) ip('address', 'add', network, 'dev', 'lo');
await answerNames('127.0.0.1');
if (kubernetes) {
  const { hostname, port } = new URL(kubernetes.server);
  await forward({ host: hostname, port: Number(port || 443) }, { path: join(folder, 'kubernetes.sock') });
}
const database = join(folder, 'postgres');
mkdirSync(database);
const postgres = await startPostgres(postgresBin, database, POSTGRES_ADDRESS, postgresUser);

const { bin, data, socket, address, port } = postgres;
const settings: HarnessSettings = {
  server,
  postgres: { bin, data, socket, address, port },
  folder,
  kubernetes,
};
const settingsFile = join(folder, 'settings.json');
writeFileSync(settingsFile, JSON.stringify(settings), { mode: 0o600 });

const tap = spawn(
  process.execPath,
  [
    join(root, 'node_modules/tap/dist/esm/run.mjs'),
    'run',
    // The pods of all files have the same ports.
    '--jobs=1',
    `--timeout=${TIMEOUT}`,
    ...(files.length > 0 ? files : factFiles()),
  ],
  { cwd: root, stdio: 'inherit', env: { ...process.env, [SETTINGS_VARIABLE]: settingsFile } },
);
tap.on('exit', async (code) => {
  await postgres.stop();
  process.exit(code ?? 1);
});

function factFiles(): string[] {
  return readdirSync(join(root, 'test/server'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.fact.ts'))
    .sort()
    .map((file) => join('test/server', file));
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`ip ${args.join(' ')}: ${stderr}`);
}
