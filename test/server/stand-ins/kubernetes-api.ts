import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Handler, sendJson } from './serve.ts';

/** The kinds that a kubernetes source reads. */
const KINDS = {
  mcpservers: 'MCPServer',
  virtualmcpservers: 'VirtualMCPServer',
  mcpremoteproxies: 'MCPRemoteProxy',
} as const;
const GROUP = 'toolhive.stacklok.dev';
const VERSION = 'v1beta1';

/** What of the Kubernetes API a kubernetes source uses: MCP servers to list and watch, leases, and events. */
export interface KubernetesApi {
  readonly handler: Handler;
  /** Adds an MCPServer that asks to be in registries, or changes it. */
  readonly put: (namespace: string, name: string) => void;
  /** The paths of events that were written, each once. */
  readonly eventPaths: () => readonly string[];
}

interface Item {
  readonly metadata: {
    readonly namespace: string;
    readonly name: string;
    readonly resourceVersion: string;
  };
}

interface Body {
  readonly type: string;
  readonly body: Buffer;
}

interface Watch {
  readonly plural: string;
  readonly namespace: string;
  readonly response: ServerResponse;
}

/** An API server without other objects, of which everybody is an administrator. */
export function makeKubernetesApi(): KubernetesApi {
  const items = new Map<string, Item>();
  const leases = new Map<string, Body>();
  const asked = new Set<string>();
  const watches = new Set<Watch>();
  const events = new Set<string>();
  let version = 1;

  const list = (plural: string, namespace: string, search: URLSearchParams, response: ServerResponse) => {
    if (search.get('watch') === null) {
      const found = plural === 'mcpservers' ? [...items.values()] : [];
      return sendJson(response, {
        apiVersion: `${GROUP}/${VERSION}`,
        kind: `${KINDS[plural as keyof typeof KINDS]}List`,
        metadata: { resourceVersion: `${version}` },
        items: found.filter(({ metadata }) => metadata.namespace === namespace),
      });
    }
    // Clients list instead of having a watch begin with what there is.
    if (search.get('sendInitialEvents') === 'true') return sendStatus(response, 422, 'Invalid');
    const watch = { plural, namespace, response };
    watches.add(watch);
    response.once('close', () => watches.delete(watch));
    response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
  };

  /** Leases and events come in Protocol Buffers; both are given back as they came. */
  const echo = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const object = { type: request.headers['content-type'] ?? '', body: Buffer.concat(chunks) };
    sendObject(response, object, request.method === 'POST' ? 201 : 200);
    return object;
  };

  const lease = async (path: string, request: IncomingMessage, response: ServerResponse) => {
    if (request.method === 'GET') {
      const found = leases.get(path);
      if (found) return sendObject(response, found, 200);
      asked.add(path);
      return sendStatus(response, 404, 'NotFound');
    }
    const object = await echo(request, response);
    if (request.method === 'PUT') {
      leases.set(path, object);
      return;
    }
    // The body has the name, which a client has asked for before.
    for (const each of asked)
      if (object.body.includes(each.split('/').at(-1) ?? '')) leases.set(each, object);
  };

  return {
    eventPaths: () => [...events].sort(),
    put: (namespace, name) => {
      version += 1;
      const key = `${namespace}/${name}`;
      const item = mcpServer(namespace, name, `${version}`);
      const type = items.has(key) ? 'MODIFIED' : 'ADDED';
      items.set(key, item);
      for (const { plural, namespace: of, response } of watches) {
        if (plural !== 'mcpservers' || of !== namespace) continue;
        response.write(`${JSON.stringify({ type, object: item })}\n`);
      }
    },
    handler: async (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'https://kubernetes');
      const [, , group, , , namespace = '', plural = ''] = pathname.split('/');
      if (pathname.endsWith('/events')) {
        events.add(pathname);
        await echo(request, response);
        return;
      }
      if (group === 'coordination.k8s.io') {
        await lease(pathname, request, response);
        return;
      }
      if (plural in KINDS) return list(plural, namespace, searchParams, response);
      const found = discovery[pathname];
      return found ? sendJson(response, found) : sendStatus(response, 404, 'NotFound');
    },
  };
}

const groupVersion = { groupVersion: `${GROUP}/${VERSION}`, version: VERSION };
const group = {
  kind: 'APIGroup',
  apiVersion: 'v1',
  name: GROUP,
  versions: [groupVersion],
  preferredVersion: groupVersion,
};
const discovery: Readonly<Record<string, unknown>> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [group] },
  [`/apis/${GROUP}`]: group,
  [`/apis/${GROUP}/${VERSION}`]: {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion.groupVersion,
    resources: Object.entries(KINDS).map(([name, kind]) => ({
      name,
      kind,
      singularName: kind.toLowerCase(),
      namespaced: true,
      verbs: ['get', 'list', 'watch'],
    })),
  },
};

const mcpServer = (namespace: string, name: string, resourceVersion: string) => ({
  apiVersion: `${GROUP}/${VERSION}`,
  kind: 'MCPServer',
  metadata: {
    namespace,
    name,
    resourceVersion,
    uid: `${namespace}-${name}`,
    annotations: {
      'toolhive.stacklok.dev/registry-export': 'true',
      'toolhive.stacklok.dev/registry-url': `https://${name}.example.com/mcp`,
      'toolhive.stacklok.dev/registry-description': `The MCP server ${name}`,
    },
  },
  spec: { image: `ghcr.io/example/${name}:1.0.0`, transport: 'streamable-http' },
});

const sendObject = (response: ServerResponse, { type, body }: Body, code: number) =>
  response.writeHead(code, { 'content-type': type }).end(body);

const sendStatus = (response: ServerResponse, code: number, reason: string) =>
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason }, code);
