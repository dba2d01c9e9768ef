import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { call } from '../support/calls.ts';
import { readyRequest, specs } from './registries.ts';
import { freePort, type Server, service, startServer } from './server.ts';

/** A step has ended when the hook had nothing to do for as long, in milliseconds. */
const quietMs = 5000;
/** The processor time that the hook takes in as long without calls, in microseconds. */
const idle = 50_000;
/** How long a step may take, in milliseconds. */
const patience = 600_000;

const kubectl = (args: readonly string[], input = ''): string =>
  execFileSync('kubectl', args, { encoding: 'utf8', maxBuffer: 2 ** 30, input });

const base = (file: string) => readFileSync(new URL(`../../manifests/base/${file}`, import.meta.url), 'utf8');

/**
 * The processor time of the hook for registries that are created, changed and deleted in a cluster, as a line of text. A
 * Metacontroller of our own is started, which has to be the only one; everything is removed at the end.
 *
 * Needs the variables KUBECONFIG and METACONTROLLER (a binary), kubectl, and the CRDs of Metacontroller in the cluster.
 */
export async function measureCluster(count: number): Promise<string> {
  const { KUBECONFIG, METACONTROLLER } = process.env;
  if (!KUBECONFIG || !METACONTROLLER) {
    return 'live cluster: not measured. Set KUBECONFIG, and METACONTROLLER to a binary.';
  }
  const crds = kubectl(['get', 'crd', '-o', 'name']);
  if (!crds.includes('/compositecontrollers.metacontroller.k8s.io')) {
    return 'live cluster: not measured. It does not have the CRDs of Metacontroller.';
  }
  if (kubectl(['get', 'compositecontroller', 'mcpregistry', '--ignore-not-found', '-o', 'name']) !== '') {
    return 'live cluster: not measured. It has a CompositeController mcpregistry, which would be called as well.';
  }
  /** What removes what was made, the last first. */
  const removals: (() => unknown)[] = [];
  try {
    const body = JSON.stringify(readyRequest(0, specs['recorded']));
    const hook = await startServer('service', [service], '/dev/null', body);
    removals.push(() => hook.stop());
    kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], base('crd.yaml'));
    kubectl(['wait', '--for=condition=Established', '--timeout=30s', '-f', '-'], base('crd.yaml'));
    const { origin } = new URL(hook.url);
    kubectl(['apply', '-f', '-'], base('composite-controller.yaml').replaceAll(/http:\/\/[^/\s]+/g, origin));
    removals.push(() => kubectl(['delete', 'compositecontroller', 'mcpregistry']));
    const stop = await startMetacontroller(METACONTROLLER, KUBECONFIG);
    removals.push(stop);
    const namespace = `bench-${process.pid}`;
    kubectl(['create', 'namespace', namespace]);
    removals.push(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));
    const registries = ['mcpregistries', '-n', namespace];
    removals.push(() => kubectl(['delete', ...registries, '--all', '--timeout=120s']));

    const step = async (name: string, work: () => unknown, ended: () => boolean): Promise<string> => {
      const before = { cpu: hook.cpuTime(), calls: await countCalls(hook) };
      work();
      await settle(hook, ended);
      const ms = (hook.cpuTime() - before.cpu) / 1000 / count;
      const calls = ((await countCalls(hook)) - before.calls) / count;
      return `${name} ${ms.toFixed(1)} ms (${calls.toFixed(1)} calls)`;
    };
    const apply = (branch: string) =>
      kubectl(['apply', '-n', namespace, '-f', '-'], JSON.stringify(manifests(count, branch)));
    const steps = [
      await step(
        'create',
        () => apply('main'),
        () => areReady(namespace, count),
      ),
      await step(
        'change',
        () => apply('next'),
        () => areReady(namespace, count),
      ),
      await step(
        'delete',
        () => kubectl(['delete', ...registries, '--all', '--wait=false']),
        () => registriesIn(namespace).length === 0,
      ),
    ];
    return `live cluster, ${count} registries, processor time a registry: ${steps.join(', ')}; ${hook.residentMemory().toFixed(0)} MiB`;
  } finally {
    for (const remove of removals.toReversed()) await remove();
  }
}

/** Starts a Metacontroller as fast as it can be, so that the hook is what takes time, and returns what stops it. */
async function startMetacontroller(binary: string, kubeconfig: string): Promise<() => Promise<unknown>> {
  const process = spawn(
    binary,
    [
      `--kubeconfig=${kubeconfig}`,
      '--leader-election=false',
      '--workers=20',
      '--client-go-qps=400',
      '--client-go-burst=800',
      `--metrics-address=127.0.0.1:${await freePort()}`,
      `--health-probe-bind-address=127.0.0.1:${await freePort()}`,
    ],
    { stdio: 'ignore' },
  );
  const ended = once(process, 'exit');
  return () => {
    process.kill();
    return ended;
  };
}

/** Registries whose source is a branch of a repository. */
function manifests(count: number, branch: string): unknown {
  const items = Array.from({ length: count }, (_, index) => ({
    apiVersion: 'toolhive.stacklok.dev/v1alpha1',
    kind: 'MCPRegistry',
    metadata: { name: `bench-${index}` },
    spec: {
      sources: [
        {
          name: 'main',
          format: 'upstream',
          git: { repository: 'https://git.example.com/catalog.git', branch },
        },
      ],
      registries: [{ name: 'all', sources: ['main'] }],
    },
  }));
  return { apiVersion: 'v1', kind: 'List', items };
}

/** A registry, as far as it is read here. */
interface Item {
  readonly metadata: { readonly generation: number };
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly observedGeneration?: number;
    }[];
  };
}

const registriesIn = (namespace: string): readonly Item[] =>
  JSON.parse(kubectl(['get', 'mcpregistries', '-n', namespace, '-o', 'json'])).items;

function areReady(namespace: string, count: number): boolean {
  const ready = registriesIn(namespace).filter(({ metadata, status }) =>
    status?.conditions?.some(
      ({ type, status: is, observedGeneration }) =>
        type === 'Ready' && is === 'True' && observedGeneration === metadata.generation,
    ),
  );
  return ready.length === count;
}

/** Waits until the hook has nothing to do any more and a step has ended. It is not asked, which would take its time. */
async function settle(hook: Server, ended: () => boolean): Promise<void> {
  const end = Date.now() + patience;
  while (Date.now() < end) {
    const before = hook.cpuTime();
    await new Promise((resolve) => setTimeout(resolve, quietMs));
    if (hook.cpuTime() - before <= idle && ended()) return;
  }
  throw new Error('the registries did not settle');
}

/** How many calls the hook has answered. */
async function countCalls({ url }: Server): Promise<number> {
  const { body } = await call(new URL('/metrics', url).href);
  const counts = body.matchAll(/^mcpregistry_hook_calls_total\S* (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}
