import { posix } from 'node:path';
import { isObject, listOf, objectOf, textOf } from '../../json.ts';
import { SECTION_LIMIT, type Section, type Sections } from '../section.ts';
import { listSome, type Warning, type WarningReason, warnAbout } from '../warning.ts';
import { pathBefore } from './schema.ts';

/** What callers may do, or can't, that most people would not expect. */
export function authWarnings(sections: Sections): Warning[] {
  const { field, value } = sections.auth;
  const { oauth, publicPaths } = value;
  // The default of the resource; that of the server is oauth.
  const { mode = sections.raw ? oauth && 'oauth' : 'anonymous' } = value;
  if (mode === 'anonymous') {
    const found = value['mode'] === undefined ? 'anonymous (the default)' : 'anonymous';
    return warnAbout(
      'AnonymousWrites',
      [`${field}.mode`],
      `is ${found}: whoever reaches the Service may also publish entries and add sources and views. Set oauth, or limit who reaches it with a NetworkPolicy`,
    );
  }
  if (mode !== 'oauth') return [];
  const open = openedBy(pathsOf(publicPaths), `${field}.publicPaths`);
  return [
    ...open.writes,
    ...(hasRoles(sections) ? claimWarnings(sections, open) : everyTokenWarnings(sections.auth)),
    ...warnAbout(
      'ScopesIgnored',
      listOf(objectOf(oauth)['scopesSupported']).length > 0 ? [`${field}.oauth.scopesSupported`] : [],
      'has no effect: no server since v1.4.4 publishes it. Remove it',
    ),
    // What is in `configYAML` is passed on as it is.
    ...(sections.raw
      ? []
      : referenceWarnings(listOf(objectOf(oauth)['providers']), `${field}.oauth.providers`)),
  ];
}

const referenceWarnings = (providers: readonly unknown[], field: string) =>
  Object.entries(pathBefore).flatMap(([reference, path]) =>
    warnAbout(
      'FieldIgnored',
      providers.flatMap((provider, index) => {
        const set = objectOf(provider);
        return set[reference] !== undefined && set[path] !== undefined
          ? [`${field}[${index}].${reference}`]
          : [];
      }),
      `is not read, because ${path} is set: remove one of them`,
    ),
  );

/** How much of `publicPaths` is read. By its aliases, each path of `configYAML` may be as long as the whole text. */
const PATHS_LIMIT = 1000;
const PATH_LIMIT = 1024;

const pathsOf = (publicPaths: unknown): string[] =>
  listOf(publicPaths)
    .slice(0, PATHS_LIMIT)
    .map((path) => textOf(path).slice(0, PATH_LIMIT));

/**
 * Whether tokens have no more rights than their roles give. An `authz` without any list is none to the server, which
 * drops empty maps; the typed fields always become all four lists.
 */
function hasRoles({ raw, auth }: Sections): boolean {
  const { authz } = auth.value;
  return raw ? Object.values(objectOf(objectOf(authz)['roles'])).some(Array.isArray) : authz !== undefined;
}

const everyTokenWarnings = ({ field, value }: Section) =>
  warnAbout(
    'EveryTokenIsSuperAdmin',
    [`${field}.authz`],
    `${value['authz'] === undefined ? 'is not set' : 'has no list of roles'}, so every token is a superAdmin's, which may publish entries and add sources and views: set roles`,
  );

/** What needs no token. */
interface Opened {
  /** Whether that includes the API that changes entries, sources and views. */
  readonly writes: readonly Warning[];
  /** The fields of the paths that open some of a view, by its name; '' for all views. */
  readonly views: ReadonlyMap<string, readonly string[]>;
  /** The names of the views of which every path is open; '' for all views. */
  readonly whole: ReadonlySet<string>;
}

/** toolhive-registry-server: internal/auth/config.go, IsPublicPath. A path opens what is below it, and `/` everything. */
function openedBy(publicPaths: readonly string[], field: string): Opened {
  const views = new Map<string, string[]>();
  const whole = new Set<string>();
  const writes: string[] = [];
  for (const [index, path] of publicPaths.entries()) {
    const at = `${field}[${index}]`;
    const [root = '', name = '', ...below] = posix.normalize(`/${path}`).split('/').filter(Boolean);
    if (root === '' || root === 'v1') writes.push(at);
    if (root !== '' && root !== 'registry') continue;
    const paths = views.get(name) ?? [];
    paths.push(at);
    views.set(name, paths);
    if (below.length === 0 || (below.length === 1 && below[0] === 'v0.1')) whole.add(name);
  }
  return {
    writes: warnAbout(
      'PublicWrites',
      writes,
      'opens /v1 to callers without a token, who may then publish entries and add sources and views: list paths below /registry only',
    ),
    views,
    whole,
  };
}

/** What a token sees, and may publish, when it is no superAdmin's (internal/service/db/claims_filter.go). */
function claimWarnings({ sources, views }: Sections, open: Opened): Warning[] {
  const nameOf = ({ value }: Section) => textOf(value['name']);
  const sourcesOf = ({ value }: Section) => listOf(value['sources']).slice(0, SECTION_LIMIT).map(textOf);
  // Asked once for each: by aliases, all may have the same large map.
  const withClaims = new Set([...sources, ...views].filter(hasClaims));
  const claimed = new Set(sources.filter((source) => withClaims.has(source)).map(nameOf));

  const gated = views.filter((view) => !open.whole.has('') && !open.whole.has(nameOf(view)));
  const served = new Set(gated.flatMap(sourcesOf));
  const bare = sources.filter((source) => !withClaims.has(source));
  const hidden = bare.filter((source) => !isManaged(source) && served.has(nameOf(source)));
  const inCluster = hidden.some(({ value }) => value['kubernetes'] !== undefined);

  const shownNames = views
    .filter((view) => withClaims.has(view) || sourcesOf(view).some((name) => claimed.has(name)))
    .map(nameOf)
    .filter((name) => open.views.has('') || open.views.has(name));
  const shown = [...new Set(shownNames)];
  const paths = ['', ...shown].flatMap((name) => open.views.get(name) ?? []);
  return [
    ...missingClaims(
      'ViewWithoutClaims',
      gated.filter((view) => !withClaims.has(view)),
      "a view without claims answers 403 to every token but a superAdmin's",
    ),
    ...missingClaims(
      'SourceWithoutClaims',
      hidden,
      `entries of a source without claims are hidden from every token but a superAdmin's${inCluster ? ', unless an MCP server has the annotation toolhive.stacklok.dev/authz-claims' : ''}`,
    ),
    ...missingClaims(
      'ManagedSourceWithoutClaims',
      bare.filter(isManaged),
      'only a superAdmin can publish to a managed source without claims, and manageEntries does not suffice',
      'a publisher carries',
    ),
    ...(shown.length === 0
      ? []
      : warnAbout(
          'PublicClaims',
          [...new Set(paths)],
          `shows all entries of ${listSome(shown)} to callers without a token, also those with claims: remove it if the claims are to keep them from anybody`,
        )),
  ];
}

/** @param who whom the claims are for */
function missingClaims(
  reason: WarningReason,
  sections: readonly Section[],
  effect: string,
  who = 'a token must carry',
): Warning[] {
  const fields = (claimless: boolean) =>
    sections.filter((section) => (section.claimless ?? false) === claimless);
  return [
    ...warnAbout(
      reason,
      fields(false).map(({ field }) => `${field}.claims`),
      `missing: with authz, ${effect}. Set the claims that ${who}`,
    ),
    ...warnAbout(
      reason,
      fields(true).map(({ field }) => field),
      `has no claims: with authz, ${effect}. Use spec.sources and views of them, which have a field for the claims that ${who}; a source default is left out with spec.defaultSource: false`,
    ),
  ];
}

/** The server takes empty claims for none. */
const hasClaims = ({ value: { claims } }: Section) => isObject(claims) && Object.keys(claims).length > 0;
const isManaged = ({ value }: Section) => value['managed'] !== undefined;
