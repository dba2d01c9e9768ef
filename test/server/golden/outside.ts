import { type CatalogEntry, catalogServers, upstreamCatalog } from '../catalog.ts';
import type { Repository } from '../stand-ins/git.ts';
import type { World } from '../world.ts';

/** What of `config.yaml` leads out of the pod. */
export interface Config {
  readonly sources?: readonly {
    readonly name: string;
    readonly git?: {
      readonly repository: string;
      readonly branch?: string;
      readonly tag?: string;
      readonly path?: string;
      readonly auth?: { readonly username: string };
    };
    readonly api?: { readonly endpoint: string };
    readonly file?: { readonly url?: string };
    readonly managed?: object;
    readonly kubernetes?: object;
  }[];
  readonly registries?: readonly { readonly name: string }[];
  readonly database?: {
    readonly host?: string;
    readonly user?: string;
    readonly migrationUser?: string;
    readonly database?: string;
  };
  readonly auth?: {
    readonly oauth?: {
      readonly providers?: readonly {
        readonly issuerUrl: string;
        readonly jwksUrl?: string;
        readonly audience?: string;
      }[];
    };
    readonly authz?: { readonly roles?: { readonly superAdmin?: readonly Record<string, unknown>[] } };
  };
  readonly telemetry?: { readonly endpoint?: string };
}

/** What every Secret of a golden case holds as a token, and so the password of repositories. */
export const TOKEN = 'a-token';

/** Servers of which the filters of golden cases take some. */
export const entriesOf = (name: string): CatalogEntry[] => [
  { name: `io.example/${name}`, tags: ['production'] },
  { name: `io.example/${name}-experimental`, tags: ['production', 'experimental'] },
  { name: `io.example/${name}-untagged` },
  { name: `io.example/old-${name}`, tags: ['production'] },
  { name: `io.github.example/${name}`, tags: ['production'] },
];

/** Serves what a configuration names, apart from the database. */
export async function serveOutside(world: World, config: Config): Promise<void> {
  await serveRepositories(world, config);
  const files = new Map<string, Record<string, string>>();
  for (const { name, api, file } of config.sources ?? []) {
    if (api) await world.serveRegistryApi(api.endpoint, catalogServers(entriesOf(name)));
    if (file?.url) {
      const { origin, pathname } = new URL(file.url);
      files.set(origin, { ...files.get(origin), [pathname]: upstreamCatalog(entriesOf(name)) });
    }
  }
  for (const [origin, texts] of files) await world.serveFiles(origin, texts);
  if (config.telemetry?.endpoint) {
    const url = `http://${config.telemetry.endpoint}`;
    world.host(new URL(url).hostname, 'private');
    await world.serveCollector(url);
  }
}

/** All repositories of a host want the credentials of the first one that has some, or none. */
async function serveRepositories(world: World, config: Config): Promise<void> {
  const hosts = new Map<string, { repositories: Record<string, Repository>; user?: string }>();
  for (const { name, git } of config.sources ?? []) {
    if (!git || !/^https?:/.test(git.repository)) continue;
    const { origin, pathname } = new URL(git.repository);
    const host = hosts.get(origin) ?? { repositories: {} };
    const { branch, tag, path = 'registry.json', auth } = git;
    host.repositories[pathname.slice(1)] = {
      files: { [path]: upstreamCatalog(entriesOf(name)) },
      ...(branch ? { branch } : {}),
      ...(tag ? { tags: [tag] } : {}),
    };
    if (auth) host.user ??= auth.username;
    hosts.set(origin, host);
  }
  for (const [origin, { repositories, user }] of hosts) {
    await world.serveGit(origin, repositories, user ? { user, password: TOKEN } : undefined);
  }
}

/** Serves the issuers of a configuration; returns the token of a super administrator, if there is an issuer. */
export async function serveIssuers(world: World, { auth }: Config): Promise<string | undefined> {
  const claims = auth?.authz?.roles?.superAdmin?.[0] ?? {};
  let token: string | undefined;
  for (const { issuerUrl, jwksUrl, audience } of auth?.oauth?.providers ?? []) {
    // The pod itself has this port.
    if (new URL(issuerUrl).port === '8080') continue;
    const issuer = await world.serveIssuer(issuerUrl, jwksUrl);
    token ??= issuer.token({ ...claims, aud: audience });
  }
  return token;
}
