/**
 * Tries the manifests, the examples and the hook in a real cluster: `npm run test:e2e`. It needs kubectl and, in KUBECONFIG, a
 * cluster to try things in. Its namespaces are called mcp-e2e-*; what it made, it deletes.
 *
 *   E2E_HOOK=local    the built hook runs on this machine, for a cluster whose Metacontroller runs here as well
 *   E2E_IMAGE         the image of the hook, otherwise that of the manifests
 *   METACONTROLLER    a binary that is started here, once for each apply strategy; otherwise one has to run
 *
 * Ends with 1 if a step fails, and with 2 if something is missing.
 */
import type { ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { Installation } from './installation.ts';
import { apply, kubectl, list, read, startProxy } from './kubectl.ts';
import { type Started, type Strategy, startHook, startMetacontroller, strategies } from './processes.ts';
import { NAMESPACE_PREFIX, type Requirements, readRequirements } from './requirements.ts';
import { namespaceOf, scenario, smallRegistry } from './scenario.ts';
import { countWrites } from './writes.ts';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Says what is missing, and ends. */
class Missing extends Error {}

const describe = (error: unknown) => (error instanceof Error ? error.message : String(error));

async function runAll(requirements: Requirements): Promise<void> {
  const stopped = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopped.abort());
  const hook = requirements.hook === 'local' ? await startHook() : undefined;
  const proxy = await startProxy().catch(async (error: unknown) => {
    await hook?.stop();
    throw error;
  });
  try {
    const { metacontroller } = requirements;
    for (const strategy of metacontroller ? strategies : ([undefined] as const)) {
      stopped.signal.throwIfAborted();
      await runOnce(requirements, hook, proxy, strategy, stopped.signal);
    }
  } finally {
    proxy.process.kill();
    await hook?.stop();
  }
}

async function runOnce(
  requirements: Requirements,
  hook: (Started & { readonly url: string }) | undefined,
  proxy: { readonly url: string; readonly process: ChildProcess },
  strategy: Strategy | undefined,
  stopped: AbortSignal,
): Promise<void> {
  say(`=== Metacontroller ${strategy === undefined ? 'as found' : `with ${strategy}`}`);
  const installation = new Installation(requirements, hook?.url);
  const watching = new AbortController();
  let metacontroller: Started | undefined;
  try {
    await installation.install();
    metacontroller = await findMetacontroller(requirements, strategy);
    const writes = await countWrites(proxy.url, watching.signal);
    const calls = hook && (() => callsOf(hook.url));
    for (const { name, run } of scenario({
      installation,
      writes,
      simulated: requirements.simulated,
      calls,
    })) {
      stopped.throwIfAborted();
      const begin = Date.now();
      try {
        const found = await run();
        say(`ok      ${name} (${((Date.now() - begin) / 1000).toFixed(0)} s)\n        ${found}`);
      } catch (error) {
        say(`FAILED  ${name}\n        ${describe(error)}`);
        await showState(hook, metacontroller);
        throw new Error(`test:e2e failed${strategy === undefined ? '' : ` with ${strategy}`}: ${name}`);
      }
    }
  } finally {
    watching.abort();
    await cleanUp(installation);
    await metacontroller?.stop();
  }
}

/** A registry that tells whether a Metacontroller looks after registries: it puts a finalizer on it. */
const probe = { namespace: `${NAMESPACE_PREFIX}probe`, name: 'probe' };

/**
 * Makes sure that one Metacontroller runs, and not two, which would undo each other's writes.
 *
 * @returns the one that was started, if it is the test that starts it
 */
async function findMetacontroller(
  { metacontroller, kubeconfig }: Requirements,
  strategy: Strategy | undefined,
): Promise<Started | undefined> {
  await apply(namespaceOf(probe.namespace));
  await apply(smallRegistry(probe));
  if (metacontroller === undefined || strategy === undefined) {
    if (!(await isLookedAfter(30))) {
      throw new Missing(
        'No Metacontroller of this cluster looks after a new registry within 30 s: start one, or name its program in METACONTROLLER.',
      );
    }
    return undefined;
  }
  if (await isLookedAfter(5)) {
    throw new Missing(
      'A Metacontroller looks after this cluster already: stop it, or unset METACONTROLLER and use it.',
    );
  }
  const started = startMetacontroller(metacontroller, kubeconfig, strategy);
  if (await isLookedAfter(60)) return started;
  await started.stop();
  throw new Error(
    `Metacontroller does not look after a new registry. It says:\n${started.lastLines().join('\n')}`,
  );
}

async function isLookedAfter(seconds: number): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(500)) {
    const found = await read('mcpregistries.toolhive.stacklok.dev', probe.name, '-n', probe.namespace);
    if (found?.metadata.finalizers?.length) return true;
  }
  return false;
}

/** The calls that a hook has answered, by its metrics. */
async function callsOf(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return [...text.matchAll(/^mcpregistry_hook_calls_total\{[^}]*\} (\d+)$/gm)]
    .map(([, value]) => Number(value))
    .reduce((sum, value) => sum + value, 0);
}

async function showState(hook: Started | undefined, metacontroller: Started | undefined): Promise<void> {
  const namespaces = (await list('mcpregistries.toolhive.stacklok.dev', '-A').catch(() => [])).map(
    ({ metadata, status }) => `${metadata.namespace}/${metadata.name}: ${JSON.stringify(status)}`,
  );
  const log = (name: string, of: Started | undefined) =>
    of ? [`the last lines of ${name}:`, ...of.lastLines().slice(-5)] : [];
  for (const line of [...namespaces, ...log('the hook', hook), ...log('Metacontroller', metacontroller)]) {
    say(`        ${line}`);
  }
}

/** Deletes what the test made, in an order in which nothing waits for what is gone. What fails is said; the rest goes on. */
async function cleanUp(installation: Installation): Promise<void> {
  const attempt = async (run: () => Promise<unknown>) => {
    try {
      await run();
    } catch (error) {
      say(`cleaning up: ${describe(error)}`);
    }
  };
  const own = (await list('namespaces').catch(() => []))
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(NAMESPACE_PREFIX));
  // Registries first, while there are a hook and a Metacontroller that take the finalizers away; where they don't, it is done here.
  for (const namespace of own) {
    const of = ['mcpregistries.toolhive.stacklok.dev', '-n', namespace];
    await attempt(async () => {
      await kubectl(['delete', ...of, '--all', '--wait=true', '--timeout=30s']).catch(async () => {
        for (const { metadata } of await list(...of)) {
          const none = JSON.stringify({ metadata: { finalizers: null } });
          await kubectl(['patch', of[0] ?? '', metadata.name, '-n', namespace, '--type=merge', `-p=${none}`]);
        }
      });
    });
  }
  if (own.length > 0)
    await attempt(() => kubectl(['delete', 'namespace', ...own, '--wait=true', '--timeout=3m']));
  await attempt(() => installation.remove());
}

const looked = readRequirements(process.env);
if ('missing' in looked) {
  process.stderr.write(
    `test:e2e can't run.\n${looked.missing.map((line) => `- ${line}\n`).join('')}CONTRIBUTING.md, "A cluster", says how it is run.\n`,
  );
  process.exitCode = 2;
} else {
  try {
    await runAll(looked.found);
  } catch (error) {
    process.stderr.write(`${error instanceof Missing ? "test:e2e can't run.\n- " : ''}${describe(error)}\n`);
    process.exitCode = error instanceof Missing ? 2 : 1;
  }
}
