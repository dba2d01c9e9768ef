/** What tests put into a real cluster, and take out of it again. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Test } from 'tap';
import type { Kubernetes } from './kubernetes.ts';

const GROUP = 'toolhive.stacklok.dev';
const VERSION = 'v1beta1';
const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const CONFLICT = 409;
const NOT_FOUND = 404;
/** What the API server answers while it makes room for a new resource. */
const NOT_SERVED_YET = [NOT_FOUND, 429, 503];
const TIMEOUT_MS = 60_000;

/** The kinds that a kubernetes source reads, with a spec that the CRDs of ToolHive accept. */
const KINDS = {
  MCPServer: { plural: 'mcpservers', spec: { image: 'ghcr.io/example/server:1.0.0', transport: 'stdio' } },
  MCPRemoteProxy: { plural: 'mcpremoteproxies', spec: { remoteUrl: 'https://mcp.example.com' } },
  VirtualMCPServer: {
    plural: 'virtualmcpservers',
    spec: { groupRef: { name: 'group' }, incomingAuth: { type: 'anonymous' } },
  },
} as const;
export type ServerKind = keyof typeof KINDS;

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

/** The paths of the kinds that are applied. */
const PLURALS: Readonly<Record<string, string>> = {
  ServiceAccount: 'serviceaccounts',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  ...Object.fromEntries(Object.entries(KINDS).map(([kind, { plural }]) => [kind, plural])),
};

/** Creates an object in its namespace. @throws if there is one of its name */
export async function create(kubernetes: Kubernetes, object: KubernetesObject): Promise<void> {
  const { apiVersion, kind, metadata } = object;
  const plural = PLURALS[kind];
  if (plural === undefined) throw new Error(`no path for a ${kind}`);
  const api = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  await kubernetes.call('POST', `${api}/namespaces/${metadata.namespace}/${plural}`, object);
}

/** An object that asks to be in registries, or one that does not. */
export const mcpObject = (kind: ServerKind, namespace: string, name: string, exported = true) => ({
  apiVersion: `${GROUP}/${VERSION}`,
  kind,
  metadata: {
    namespace,
    name,
    annotations: exported
      ? {
          'toolhive.stacklok.dev/registry-export': 'true',
          'toolhive.stacklok.dev/registry-url': `https://${name}.example.com/mcp`,
          'toolhive.stacklok.dev/registry-description': `The MCP server ${name}`,
        }
      : {},
  },
  spec: KINDS[kind].spec,
});

/** Creates namespaces with these endings, and names that nobody has; they are deleted after the test. */
export async function makeNamespaces<Ending extends string>(
  t: Test,
  kubernetes: Kubernetes,
  endings: readonly Ending[],
): Promise<Record<Ending, string>> {
  const run = `registry-facts-${randomBytes(3).toString('hex')}`;
  const names: string[] = [];
  t.teardown(async () => {
    for (const name of names)
      await kubernetes.call('DELETE', `/api/v1/namespaces/${name}`, undefined, [NOT_FOUND]);
    for (const name of names) await gone(kubernetes, `/api/v1/namespaces/${name}`);
  });
  for (const ending of endings) {
    const name = `${run}-${ending}`;
    await kubernetes.call('POST', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
    names.push(name);
  }
  return Object.fromEntries(endings.map((ending) => [ending, `${run}-${ending}`])) as Record<Ending, string>;
}

/**
 * Adds the CRDs of what a kubernetes source reads, those that the cluster does not have, with any content. They are
 * deleted after the test, unless somebody has used them in the meantime.
 */
export async function addMissingCrds(t: Test, kubernetes: Kubernetes): Promise<void> {
  for (const [kind, { plural }] of Object.entries(KINDS)) {
    const path = `${CRDS}/${plural}.${GROUP}`;
    const resource = `/apis/${GROUP}/${VERSION}/${plural}`;
    const answer = await kubernetes.call('POST', CRDS, crdOf(kind, plural), [CONFLICT]);
    if ((answer as { kind: string }).kind === 'Status') continue;
    t.teardown(async () => {
      const answer = await kubernetes.call('GET', resource, undefined, NOT_SERVED_YET);
      if ((answer as { items?: readonly unknown[] }).items?.length) return;
      await kubernetes.call('DELETE', path, undefined, [NOT_FOUND]);
      await gone(kubernetes, path);
    });
  }
  for (const { plural } of Object.values(KINDS)) {
    await until(`${plural} are served`, async () => {
      const resource = `/apis/${GROUP}/${VERSION}/${plural}`;
      return 'items' in ((await kubernetes.call('GET', resource, undefined, NOT_SERVED_YET)) as object);
    });
  }
}

const crdOf = (kind: string, plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${GROUP}` },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase() },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const gone = (kubernetes: Kubernetes, path: string) =>
  until(`${path} is deleted`, async () => {
    const answer = (await kubernetes.call('GET', path, undefined, [NOT_FOUND])) as { kind: string };
    return answer.kind === 'Status';
  });

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + TIMEOUT_MS;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`${what}: not after ${TIMEOUT_MS} ms`);
    await sleep(200);
  }
}
