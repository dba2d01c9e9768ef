/**
 * What the tests in this folder use: a world with a database, other servers, and pods of registries.
 * See main.ts for how they are run.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { join } from 'node:path';
import type { Test } from 'tap';
import { parse } from 'yaml';
import { buildDesired } from '../../hooks/desired.ts';
import { deepFreeze } from '../support/deep-freeze.ts';
import { outputOf, type RegistryManifest } from '../support/golden-cases.ts';
import { type Authority, makeAuthority } from '../support/pki.ts';
import { context } from '../support/requests.ts';
import type { CatalogServer } from './catalog.ts';
import { harnessSettings } from './harness-settings.ts';
import { accountOf, type Kubernetes } from './kubernetes.ts';
import { planPod } from './pod/plan-pod.ts';
import { type Ports, type RunningPod, startPod } from './pod/start-pod.ts';
import type { Objects, PodTemplate, ServiceAddress } from './pod/types.ts';
import { type Database, openDatabase, quickstartRoles, type Role } from './postgres/database.ts';
import { collectorHandler, filesHandler } from './stand-ins/files.ts';
import { forward } from './stand-ins/forward.ts';
import { type Credentials, commitFiles, gitHandler, type Repository } from './stand-ins/git.ts';
import { type Issuer, makeIssuer } from './stand-ins/issuer.ts';
import { registryApiHandler } from './stand-ins/registry-api.ts';
import { type Handler, type StandIn, serve } from './stand-ins/serve.ts';

/** The pod to run, from a spec to its answers. */
export interface StartOptions {
  /** Of a registry `catalog` in `mcp-system`. */
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly registry?: RegistryManifest;
  /** What is in the namespace; the ConfigMap of the hook joins it. */
  readonly objects?: Objects;
  /** Changes `config.yaml`, to try what the hook does not write. */
  readonly config?: (text: string) => string;
  /** Changes the pod template, to try what the hook does not write. */
  readonly template?: (template: PodTemplate) => PodTemplate;
  /** The Services of the namespace. */
  readonly services?: readonly ServiceAddress[];
  /** Of a second pod at the same time. */
  readonly ports?: Ports;
}

export interface GitServer extends StandIn {
  /** The last commit of each repository. */
  readonly commits: Record<string, string>;
  /** Adds a commit; returns its name. */
  readonly commit: (repository: string, content: Repository) => string;
}

export interface World {
  /** The release of the registry server, such as `v1.5.1`. */
  readonly version: string;
  /** Signs the certificates of everything that is served; the only authority that the images trust. */
  readonly authority: Authority;
  readonly database: Database;
  /**
   * The address of a name, which pods know from then on. Names of a cluster (`postgres`, `x.ns.svc`) get a private
   * address, others one that the registry server takes for public.
   */
  readonly host: (name: string, where?: 'public' | 'private') => string;
  /** Serves HTTP at a URL, with TLS if it says https. */
  readonly serve: (url: string, handler: Handler) => Promise<StandIn>;
  /** @param repositories by path, such as `example/catalog.git` */
  readonly serveGit: (
    url: string,
    repositories: Readonly<Record<string, Repository>>,
    credentials?: Credentials,
  ) => Promise<GitServer>;
  /** Serves texts by their paths; the object may be changed later. */
  readonly serveFiles: (url: string, files: Readonly<Record<string, string>>) => Promise<StandIn>;
  readonly serveRegistryApi: (
    url: string,
    servers: readonly CatalogServer[],
    options?: { readonly openapi?: boolean },
  ) => Promise<StandIn>;
  /** @param jwksUrl on the same host */
  readonly serveIssuer: (url: string, jwksUrl?: string) => Promise<StandIn & Pick<Issuer, 'token'>>;
  readonly serveCollector: (url: string) => Promise<StandIn>;
  /**
   * Starts the pod that the hook answers with.
   *
   * @throws if the hook refuses the spec; PodProblem where a kubelet does not start the pod
   */
  readonly start: (options: StartOptions) => Promise<RunningPod>;
}

/** The addresses of main.ts: all of them are on the loopback interface of the private network namespace. */
const address = {
  public: (number: number) => `198.18.${number >> 8}.${(number & 255) + 1}`,
  private: (number: number) => `10.96.${(number >> 8) + 10}.${(number & 255) + 1}`,
};
const POD_IP = '10.96.2.1';

export interface WorldOptions {
  /** Of the database; those of the quickstart without it. */
  readonly roles?: readonly Role[];
  /** Whether the database asks for the passwords of its roles; it does without it. */
  readonly asksForPasswords?: boolean;
  /** The API server that pods see, where their namespaces and ServiceAccounts are; none without it. */
  readonly kubernetes?: Kubernetes;
}

/** Starts a world with an empty database `registry`; it ends with the test. */
export async function startWorld(
  t: Test,
  { roles = quickstartRoles, asksForPasswords = true, kubernetes }: WorldOptions = {},
): Promise<World> {
  const settings = harnessSettings();
  const folder = mkdtempSync(join(settings.folder, 'world-'));
  const pods: RunningPod[] = [];
  const standIns: StandIn[] = [];
  const forwards: Server[] = [];
  t.teardown(async () => {
    for (const pod of pods) await pod.kill();
    for (const standIn of standIns) await standIn.close();
    for (const server of forwards) server.close();
    rmSync(folder, { recursive: true });
  });

  const authority = await makeAuthority('Test');
  const database = await openDatabase(settings.postgres, authority, roles, asksForPasswords);

  const hosts = new Map<string, string>();
  const host: World['host'] = (name, where = isOfCluster(name) ? 'private' : 'public') => {
    const known = hosts.get(name) ?? address[where](hosts.size);
    hosts.set(name, known);
    return known;
  };
  const isAddress = (name: string) => /^[\d.]+$/.test(name);
  const serveAt: World['serve'] = async (url, handler) => {
    const { hostname } = new URL(url);
    const standIn = await serve(url, isAddress(hostname) ? hostname : host(hostname), authority, handler);
    standIns.push(standIn);
    return standIn;
  };

  const reachDatabase = async (config: string) => {
    const { host: name, port = settings.postgres.port } = databaseOf(config);
    if (name === undefined || isAddress(name)) return;
    hosts.set(name, settings.postgres.address);
    if (port === settings.postgres.port || forwards.some((server) => portOf(server) === port)) return;
    const { address: at, port: to } = settings.postgres;
    forwards.push(await forward({ host: at, port }, { host: at, port: to }));
  };

  return {
    version: settings.server.version,
    authority,
    database,
    host,
    serve: serveAt,
    serveGit: async (url, repositories, credentials) => {
      const root = mkdtempSync(join(folder, 'git-'));
      const commits: Record<string, string> = {};
      const commit: GitServer['commit'] = (name, content) => {
        const path = join(root, name);
        mkdirSync(join(path, '..'), { recursive: true });
        commits[name] = commitFiles(path, content);
        return commits[name];
      };
      for (const [name, content] of Object.entries(repositories)) commit(name, content);
      return { ...(await serveAt(url, gitHandler(root, credentials))), commits, commit };
    },
    serveFiles: (url, files) => serveAt(url, filesHandler(files)),
    serveRegistryApi: (url, servers, { openapi = true } = {}) =>
      serveAt(url, registryApiHandler(servers, openapi)),
    serveIssuer: async (url, jwksUrl) => {
      const { handler, token } = makeIssuer(url, jwksUrl);
      return { ...(await serveAt(url, handler)), token };
    },
    serveCollector: (url) => serveAt(url, collectorHandler),
    start: async (options) => {
      const registry = registryOf(options);
      const { template, objects, config } = render(registry, options);
      await reachDatabase(config);
      const identity = {
        name: `${registry.metadata.name}-api-0`,
        namespace: registry.metadata.namespace,
        ip: POD_IP,
        account: await accountOf(
          kubernetes,
          authority,
          registry.metadata.namespace,
          template.spec.serviceAccountName,
        ),
        services: options.services ?? [],
        kubernetes: kubernetes?.service ?? noKubernetes,
      };
      const pod = await startPod(
        planPod(template, objects, identity),
        mkdtempSync(join(folder, 'pod-')),
        { trust: authority.cert, hosts: hostsFile(hosts) },
        settings.server.binary,
        options.ports,
      );
      pods.push(pod);
      return pod;
    },
  };
}

/** Nothing listens there. */
const noKubernetes: ServiceAddress = {
  name: 'kubernetes',
  ip: '10.96.0.1',
  ports: [{ name: 'https', port: 443 }],
};

const isOfCluster = (name: string) => !name.includes('.') || /\.svc(\.|$)/.test(name);

function registryOf({ spec, registry }: StartOptions): RegistryManifest {
  if (registry) return registry;
  if (!spec) throw new Error('neither a spec nor a registry');
  return {
    apiVersion: 'toolhive.stacklok.dev/v1alpha1',
    metadata: { name: 'catalog', namespace: 'mcp-system' },
    spec,
  };
}

/** What the hook answers for a registry, with the changes of a test. */
function render(registry: RegistryManifest, { objects = {}, config: change, template: edit }: StartOptions) {
  const { metadata, spec } = deepFreeze(structuredClone(registry)) as RegistryManifest;
  const output = outputOf(buildDesired(metadata, spec, context.defaults));
  const config = change?.(output.config) ?? output.config;
  const own = { ...(output.configMap['data'] as Record<string, string>), 'config.yaml': config };
  const rendered = output.pod as unknown as PodTemplate;
  return {
    config,
    template: edit?.(rendered) ?? rendered,
    objects: { ...objects, configMaps: { ...objects.configMaps, [output.configMap.metadata.name]: own } },
  };
}

function databaseOf(config: string): { readonly host?: string; readonly port?: number } {
  const { database } = parse(config) as { database?: { host?: string; port?: number } };
  return database ?? {};
}

function portOf(server: Server): number | undefined {
  const at = server.address();
  return typeof at === 'object' ? at?.port : undefined;
}

/** As a kubelet writes it, and the names of the world. */
const hostsFile = (hosts: ReadonlyMap<string, string>) =>
  `127.0.0.1 localhost\n${[...hosts].map(([name, at]) => `${at} ${name}\n`).join('')}`;
