import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import type { RunningPod } from '../pod/start-pod.ts';
import { type KubernetesApi, makeKubernetesApi } from '../stand-ins/kubernetes-api.ts';
import { startWorld } from '../world.ts';
import { config, ends, objectsOf, specOf } from './facts.ts';

const TOOLS = 'com.toolhive.k8s.tools/fetch';
const AGENTS = 'com.toolhive.k8s.agents/search';

/** Starts a registry with kubernetes sources of these namespaces, and an API server with an MCP server in two. */
async function startSources(t: Test, sources: readonly (readonly string[])[]) {
  const world = await startWorld(t);
  const api = makeKubernetesApi();
  api.put('tools', 'fetch');
  api.put('agents', 'search');
  await world.serve('https://10.96.0.1', api.handler);
  const pod = await world.start({
    spec: specOf([{ name: 'cluster', kubernetes: {} }]),
    objects: objectsOf({}),
    config: config((value) => {
      value.sources = sources.map((namespaces, index) => ({
        name: `cluster-${index}`,
        kubernetes: { namespaces },
      }));
      value.registries[0].sources = sources.map((_, index) => `cluster-${index}`);
    }),
  });
  return { api, pod };
}

/** Changes an MCP server until the view has what is expected: the watch may begin after the first change. */
async function viewAfter(pod: RunningPod, api: KubernetesApi, name: string, expected: readonly string[]) {
  const [namespace = '', server = ''] = name.replace(/^.*\.(?=\w+\/)/, '').split('/');
  const deadline = Date.now() + 20_000;
  for (;;) {
    api.put(namespace, server);
    await sleep(500);
    const { servers } = await pod.view('default');
    if (JSON.stringify(servers) === JSON.stringify(expected) || Date.now() > deadline) return servers;
  }
}

test('server 1.5.1 serves only the namespace that changed last of a kubernetes source of several', async (t) => {
  const { api, pod } = await startSources(t, [['tools', 'agents']]);
  await pod.ready();
  for (const name of [TOOLS, AGENTS, TOOLS]) {
    t.strictSame(await viewAfter(pod, api, name, [name]), [name]);
  }
});

test('server 1.5.1 serves all namespaces if each is a source of its own', async (t) => {
  const { api, pod } = await startSources(t, [['tools'], ['agents']]);
  await pod.ready();
  for (const name of [TOOLS, AGENTS]) {
    t.strictSame(await viewAfter(pod, api, name, [AGENTS, TOOLS]), [AGENTS, TOOLS]);
  }
  const events = '/api/v1/namespaces/mcp-system/events';
  t.ok(api.eventPaths().includes(events), 'it writes events of leader election, in the core group');
});

test('server 1.5.1 ends for a kubernetes source with a namespace twice', async (t) => {
  const { pod } = await startSources(t, [['tools', 'tools']]);
  t.match(await ends(pod), { code: 1, words: /duplicate namespace: tools/ });
});
