/**
 * Asks registry servers whether they accept the configurations of the golden cases, and writes their verdicts to the
 * `verdict.txt` of each case:
 *
 *   npx tsx scripts/renew-verdicts.ts v1.5.1=<binary> v1.1.0=<binary>
 *
 * A binary is `thv-registry-api` of that release of stacklok/toolhive-registry-server: from its page of releases, or
 * `/ko-app/thv-registry-api` of the image. It is started with each configuration, judges it before anything else, and is
 * stopped at once. What it is given has no database that it could reach. A verdict is written for a case only if all
 * servers accept it; otherwise the script prints what they say and exits with 1.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { howToGetServers, readServerBinary, type ServerBinary } from './server-binary.ts';

const usage = `Usage: npx tsx scripts/renew-verdicts.ts [--golden <folder>] <version>=<binary>...

Name each release of the registry server that has a line in verdict.txt, newest first, such as
  v1.5.1=/tmp/v1.5.1/thv-registry-api v1.1.0=/tmp/v1.1.0/thv-registry-api
${howToGetServers}`;

/** How long a server may take to judge a configuration, in milliseconds. */
const VERDICT_TIMEOUT_MS = 30_000;
/** A file that the server refuses to do without, or whose folder it wants; the pods have both. */
const NEEDED_FILE = /((?:passwordFile|logFile):\s*["']?)(\/[^\s"']+)/g;

const { values, positionals } = parseArgs({
  options: {
    golden: { type: 'string', default: fileURLToPath(new URL('../test/golden/registry', import.meta.url)) },
  },
  allowPositionals: true,
});
const servers = readServers(positionals);
const work = mkdtempSync(join(tmpdir(), 'verdicts-'));
try {
  for (const name of readdirSync(values.golden).sort()) await judge(join(values.golden, name), name);
} finally {
  rmSync(work, { recursive: true });
}

function readServers(args: readonly string[]): ServerBinary[] {
  if (args.length === 0) fail(`No registry server is named.\n\n${usage}`);
  try {
    return args.map(readServerBinary);
  } catch (error) {
    fail(`${(error as Error).message}\n\n${usage}`);
  }
}

async function judge(folder: string, name: string): Promise<void> {
  const config = readFileSync(join(folder, 'config.yaml'), 'utf8');
  const verdicts = [];
  for (const server of servers) verdicts.push(await verdictOf(server, config, variablesOf(folder)));
  const refused = verdicts.flatMap((verdict, index) =>
    verdict === 'OK' ? [] : [`${servers[index]?.version}: ${verdict}`],
  );
  if (refused.length > 0) {
    process.stderr.write(`${name} is refused\n${refused.map((line) => `  ${line}\n`).join('')}`);
    process.exitCode = 1;
    return;
  }
  const sha256 = createHash('sha256').update(config).digest('hex');
  const lines = [...servers.map(({ version }) => `${version}: OK`), `config.yaml: sha256 ${sha256}`];
  writeFileSync(join(folder, 'verdict.txt'), `${lines.join('\n')}\n`);
  process.stdout.write(`${name}: OK\n`);
}

/** The variables of the server's container that have a value of their own. */
function variablesOf(folder: string): Record<string, string> {
  const pod = parse(readFileSync(join(folder, 'pod.yaml'), 'utf8')) as {
    spec: { containers: { name: string; env?: { name: string; value?: string }[] }[] };
  };
  const { env = [] } = pod.spec.containers.find((container) => container.name === 'registry-api') ?? {};
  return Object.fromEntries(env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]])));
}

/** `OK`, or why the server refuses the configuration. */
function verdictOf(
  { binary }: ServerBinary,
  config: string,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const here = mkdtempSync(join(work, 'case-'));
  for (const [, , path = ''] of config.matchAll(NEEDED_FILE)) {
    mkdirSync(dirname(join(here, path)), { recursive: true });
    writeFileSync(join(here, path), 'secret\n');
  }
  const file = join(here, 'config.yaml');
  writeFileSync(file, config.replaceAll(NEEDED_FILE, `$1${here}$2`));

  const server = spawn(
    binary,
    ['serve', `--config=${file}`, '--address=127.0.0.1:0', '--internal-address=127.0.0.1:0'],
    {
      // Nothing but what it needs: neither a database nor credentials of a cloud that this machine has.
      env: {
        ...variables,
        THV_REGISTRY_DATABASE_HOST: '127.0.0.1',
        THV_REGISTRY_DATABASE_PORT: '1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  return new Promise((resolve) => {
    let log = '';
    const end = (verdict: string) => {
      clearTimeout(timer);
      server.kill('SIGKILL');
      resolve(verdict);
    };
    const timer = setTimeout(
      () => end(`no verdict within ${VERDICT_TIMEOUT_MS / 1000} s`),
      VERDICT_TIMEOUT_MS,
    );
    server.stderr.setEncoding('utf8').on('data', (text: string) => {
      log += text;
      if (log.includes('Loaded configuration')) end('OK');
    });
    server.on('error', (error) => end(error.message));
    server.on('close', () =>
      end(/failed to load configuration: (.*)/.exec(log)?.[1] ?? `no verdict: ${log}`),
    );
  });
}

function fail(message: string): never {
  process.stderr.write(`${message.trimEnd()}\n`);
  process.exit(2);
}
