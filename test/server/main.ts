/**
 * Runs what the hook renders: a real registry server with a real PostgreSQL, in pods as a kubelet makes them.
 *
 *   REGISTRY_SERVER=v1.5.1=/tmp/v1.5.1/thv-registry-api npm run test:server
 *   npm run test:server -- v1.5.1=/tmp/v1.5.1/thv-registry-api test/server/facts/some.fact.ts
 *   npm run test:server -- --update
 *
 * Without a file it runs all: the verdicts on the golden cases (golden/), which --update writes again, and the facts about
 * the server that the hook relies on (facts/). It needs Linux, root, git and PostgreSQL (POSTGRES_BIN, by default Debian's
 * newest), and says what is missing. With KUBECONFIG, whose user has a token, rights are tried as well.
 *
 * Everything runs in network, mount and process namespaces of its own, which have nothing but a loopback interface:
 *
 *   main.ts        outside: looks for what is needed, makes the namespaces
 *   inside.ts      inside: addresses, a name server, PostgreSQL; then tap, a file at a time
 *   world.ts       what a test uses; one world has one database, stand-ins for other servers, and pods
 *   kubernetes.ts  the API server of KUBECONFIG; cluster-objects.ts adds to it, and deletes what it added
 *   pod/           plan-pod.ts plans a pod, purely; start-pod.ts starts it with a private root, as uid 65532
 *   postgres/      the cluster and its roles, as those of manifests/examples/quickstart
 *   stand-ins/     git over HTTP, files, the API of a registry, an OpenID issuer, a telemetry collector
 *
 * The server reads its configuration byte for byte, at the paths it has in a cluster. What differs from a cluster: its
 * image trusts one authority, the harness's, which signs for the hosts that the configurations name; of the pod's other
 * containers, only init containers run, with this machine's programs in place of busybox.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NAMESPACES, readRequirements } from './requirements.ts';
import { forward } from './stand-ins/forward.ts';

const { values, positionals } = parseArgs({
  options: { update: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const isServer = (argument: string) => /^v\d[^/]*=/.test(argument);
const requirements = readRequirements(positionals.find(isServer), process.env);
if ('missing' in requirements) {
  process.stderr.write(
    `test:server can't run.\n${requirements.missing.map((line) => `\n- ${line}\n`).join('')}`,
  );
  process.exit(2);
}

const { found } = requirements;
const folder = mkdtempSync(join(tmpdir(), 'registry-harness-'));
// PostgreSQL runs as somebody else.
chmodSync(folder, 0o711);
const start = join(folder, 'start.json');
writeFileSync(start, JSON.stringify(found), { mode: 0o600 });
if (found.kubernetes) {
  const { hostname, port } = new URL(found.kubernetes.server);
  // A Unix socket is seen inside as well.
  const outside = await forward(
    { path: join(folder, 'kubernetes.sock') },
    { host: hostname, port: Number(port || 443) },
  );
  outside.unref();
} else {
  process.stdout.write('# KUBECONFIG is not set: what needs a Kubernetes API server is skipped\n');
}

const inside = spawn(
  'unshare',
  [
    ...NAMESPACES,
    process.execPath,
    '--import=tsx',
    fileURLToPath(new URL('inside.ts', import.meta.url)),
    folder,
    ...positionals.filter((argument) => !isServer(argument)),
  ],
  { stdio: 'inherit', env: { ...process.env, ...(values.update ? { UPDATE_GOLDEN: '1' } : {}) } },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Ends all that was started.
  process.on(signal, () => inside.kill('SIGKILL'));
}
inside.on('exit', (code) => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(code ?? 1);
});
