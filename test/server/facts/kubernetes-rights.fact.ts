import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Test, test } from 'tap';
import { parse } from 'yaml';
import { buildDesired } from '../../../hooks/desired.ts';
import { context } from '../../support/requests.ts';
import {
  addMissingCrds,
  create,
  type KubernetesObject,
  makeNamespaces,
  mcpObject,
} from '../cluster-objects.ts';
import { harnessSettings } from '../harness-settings.ts';
import { type Kubernetes, openKubernetes } from '../kubernetes.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import { type StartOptions, startWorld } from '../world.ts';
import { config, objectsOf, specOf, syncStatus } from './facts.ts';

const kubernetes = openKubernetes(harnessSettings());
const skip = kubernetes
  ? false
  : 'KUBECONFIG is not set: these facts need a real API server, because they are about rights';

/** The registry that the Role and the RoleBinding of the example are for. */
const NAME = 'discovery';
const FORBIDDEN = /forbidden/i;
/** The server gives up waiting for a list after two minutes. */
const GIVES_UP_MS = 150_000;
/** A list that was refused is asked for again after up to a minute. */
const ASKS_AGAIN_MS = 90_000;
/** A server that was killed holds its leases for 15 s. */
const LEASE_MS = 60_000;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** A file of the example, for other namespaces. */
function example(file: string, namespace: string, own: string): KubernetesObject {
  const url = new URL(`../../../manifests/examples/kubernetes-discovery/${file}`, import.meta.url);
  const object = parse(readFileSync(url, 'utf8'));
  object.metadata.namespace = namespace;
  for (const subject of object.subjects ?? []) subject.namespace = own;
  return object;
}

/** Gives the registry of `own` the rights in another namespace. */
async function admit(api: Kubernetes, namespace: string, own: string): Promise<void> {
  await create(api, example('watched-role.yaml', namespace, own));
  await create(api, example('watched-role-binding.yaml', namespace, own));
}

interface RegistryOptions {
  /** What its own Role has; the rules that the hook writes without it. */
  readonly rules?: (written: readonly Rule[]) => readonly Rule[];
  /** Of the other namespaces, those that it gets the rights in. */
  readonly admitted: readonly ('first' | 'second')[];
}

/** Three namespaces, each with an MCPServer `fetch`, and a registry of them with the children that have its rights. */
async function prepareRegistry(t: Test, { rules = (written) => written, admitted }: RegistryOptions) {
  const api = kubernetes as Kubernetes;
  const namespaces = await makeNamespaces(t, api, ['own', 'first', 'second']);
  const { own, first, second } = namespaces;
  const registry = {
    apiVersion: 'toolhive.stacklok.dev/v1beta1',
    metadata: { name: NAME, namespace: own },
    spec: specOf([{ name: 'cluster', kubernetes: { namespaces: [own, first, second] } }]),
  };
  const { children } = buildDesired(registry.metadata, registry.spec, context.defaults);
  if (!children) throw new Error('the spec is refused');
  const { ServiceAccount: account, Role: role, RoleBinding: binding } = children.byKind;
  if (!account) throw new Error('the spec names no account');
  await create(api, account);
  await create(api, { ...role, rules: rules(role.rules as readonly Rule[]) } as KubernetesObject);
  await create(api, binding);
  for (const ending of admitted) await admit(api, namespaces[ending], own);
  for (const namespace of [own, first, second]) await create(api, mcpObject('MCPServer', namespace, 'fetch'));

  const world = await startWorld(t, { kubernetes: api });
  const start = (options: StartOptions = {}) => world.start({ registry, objects: objectsOf({}), ...options });
  return { api, own, first, second, start };
}

const entry = (namespace: string, name = 'fetch') => `com.toolhive.k8s.${namespace}/${name}`;

/** Waits until the view has these MCP servers, and says so; or what it has instead. */
async function shows(t: Test, pod: RunningPod, entries: readonly string[], timeoutMs = 30_000) {
  const expected = [...entries].sort();
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { servers } = await pod.view('default');
    if (JSON.stringify(servers) === JSON.stringify(expected) || Date.now() > deadline) {
      return t.strictSame(servers, expected);
    }
    await sleep(200);
  }
}

interface Stored {
  readonly metadata: {
    readonly name: string;
    readonly managedFields: readonly { readonly manager: string; readonly apiVersion: string }[];
  };
}

async function itemsOf<T>(api: Kubernetes, path: string): Promise<readonly T[]> {
  return ((await api.call('GET', path)) as { items: readonly T[] }).items;
}

test('rights in a real cluster', { skip }, async (t) => {
  await addMissingCrds(t, kubernetes as Kubernetes);

  await t.test('server 1.5.1 needs no rights but its Role and, elsewhere, that of the example', async (t) => {
    const { api, own, first, second, start } = await prepareRegistry(t, { admitted: ['first', 'second'] });
    const pod = await start();
    await pod.ready();
    const atStart = [own, first, second].map((namespace) => entry(namespace));
    await shows(t, pod, atStart);

    await create(api, mcpObject('MCPServer', own, 'private', false));
    await create(api, mcpObject('MCPServer', own, 'later'));
    await create(api, mcpObject('MCPRemoteProxy', first, 'proxy'));
    await create(api, mcpObject('VirtualMCPServer', second, 'virtual'));
    const later = [entry(own, 'later'), entry(first, 'proxy'), entry(second, 'virtual')];
    await shows(t, pod, [...atStart, ...later]);

    const names = [own, first, second].map((namespace) => `${NAME}-api-cluster-${namespace}`).sort();
    const leases = await itemsOf<Stored>(api, `/apis/coordination.k8s.io/v1/namespaces/${own}/leases`);
    t.strictSame(leases.map(({ metadata }) => metadata.name).sort(), names, 'a lease for each source');

    await pod.stop(false);
    const events = (
      await itemsOf<Stored & { involvedObject: { kind: string; name: string }; reason: string }>(
        api,
        `/api/v1/namespaces/${own}/events`,
      )
    ).filter(({ reason }) => reason === 'LeaderElection');
    t.strictSame([...new Set(events.map(({ involvedObject }) => involvedObject.name))].sort(), names);
    const groups = new Set(
      events.flatMap(({ metadata }) => metadata.managedFields.map((field) => field.apiVersion)),
    );
    t.strictSame([...groups], ['v1'], 'the events are written to the core group');
    t.notMatch(pod.log(), FORBIDDEN);
  });

  await t.test('server 1.5.1 uses these rights of its Role, and no others', async (t) => {
    const used = [
      {
        apiGroups: ['toolhive.stacklok.dev'],
        resources: ['mcpservers', 'mcpremoteproxies', 'virtualmcpservers'],
        verbs: ['list', 'watch'],
      },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['get', 'create', 'update'] },
      { apiGroups: [''], resources: ['events'], verbs: ['create'] },
    ];
    const { own, first, second, start } = await prepareRegistry(t, {
      rules: () => used,
      admitted: ['first', 'second'],
    });
    const pod = await start();
    await pod.ready();
    await shows(
      t,
      pod,
      [own, first, second].map((namespace) => entry(namespace)),
    );
    await pod.stop(false);
    t.notMatch(pod.log(), FORBIDDEN);
  });

  for (const { reason, resource, forbidden } of [
    {
      reason: 'without events, what it writes of leader election is lost',
      resource: 'events',
      forbidden:
        /Server rejected event.*events is forbidden.*cannot create resource .{0,2}"events.{0,2}" in API group .{0,2}"/,
    },
    {
      reason: 'without leases, it never becomes leader',
      resource: 'leases',
      forbidden: /leases\.coordination\.k8s\.io .*is forbidden/,
    },
    {
      reason: 'without mcpservers, it can not list them',
      resource: 'mcpservers',
      forbidden: /mcpservers\.toolhive\.stacklok\.dev is forbidden/,
    },
  ]) {
    await t.test(`server 1.5.1 says what is forbidden: ${reason}`, async (t) => {
      const { start } = await prepareRegistry(t, {
        rules: (written) => written.filter(({ resources }) => !resources.includes(resource)),
        admitted: [],
      });
      const pod = await start();
      await pod.ready();
      t.ok(await pod.logged(forbidden, 20_000));
    });
  }

  await t.test(
    'server 1.5.1 has nothing of a source if it lacks the rights in one of its namespaces',
    async (t) => {
      const { own, first, second, start } = await prepareRegistry(t, { admitted: ['first'] });
      const pod = await start({
        config: config((value) => {
          value.sources = [{ name: 'cluster', kubernetes: { namespaces: [own, first, second] } }];
          value.registries[0].sources = ['cluster'];
        }),
      });
      await pod.ready();
      await pod.logged(/mcpservers\.toolhive\.stacklok\.dev is forbidden/);
      await sleep(10_000);
      t.strictSame((await pod.view('default')).servers, []);
    },
  );

  await t.test('server 1.5.1 gives up a source without rights after two minutes, and no other', async (t) => {
    const { api, own, first, second, start } = await prepareRegistry(t, { admitted: [] });
    const pod = await start();
    await pod.ready();
    await shows(t, pod, [entry(own)]);
    await pod.logged(new RegExp(`mcpservers.*is forbidden.*namespace .*${first}`));
    await pod.logged(new RegExp(`mcpservers.*is forbidden.*namespace .*${second}`));

    await admit(api, first, own);
    await shows(t, pod, [entry(own), entry(first)], ASKS_AGAIN_MS);

    const gaveUp = await pod.logged(/Failed to start manager.*/, GIVES_UP_MS);
    t.match(gaveUp[0], `cluster-${second} caches to sync`);
    await admit(api, second, own);
    await create(api, mcpObject('MCPServer', own, 'later'));
    await create(api, mcpObject('MCPServer', first, 'later'));
    await create(api, mcpObject('MCPServer', second, 'later'));
    const others = [own, first].flatMap((namespace) => [entry(namespace), entry(namespace, 'later')]);
    await shows(t, pod, others);
    await sleep(10_000);
    t.strictSame(
      (await pod.view('default')).servers,
      [...others].sort(),
      'rights that come later change nothing',
    );
    t.ok(await pod.isReady());
    const says = { phase: 'complete', serverCount: 0, message: 'Non-synced source (type: kubernetes)' };
    for (const namespace of [own, second]) {
      t.match(await syncStatus(pod, `cluster-${namespace}`), says, 'its status is the same in any case');
    }

    await pod.kill();
    const again = await start();
    await again.ready();
    await shows(t, again, [...others, entry(second), entry(second, 'later')], LEASE_MS);
  });
});
