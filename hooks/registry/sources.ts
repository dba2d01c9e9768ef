import { posix } from 'node:path';
import type { FileMount } from './pod-fragment.ts';
import { volumeName } from './pod-fragment.ts';
import { secretFile } from './secret-files.ts';
import type { ConfigSource } from './server-config.ts';
import type { Source, SourceKind } from './spec/source.ts';

/** Where registry files are mounted, a folder for each source (docs/design.md, "config.yaml"). */
const REGISTRY_DIRECTORY = '/config/registry';
/** The server demands an interval for each source that it reads again and again. */
const DEFAULT_SYNC_INTERVAL = '30m';
const DEFAULT_FILE = 'registry.json';

/** A source as the server is told of it, and the files that have to be there for it. */
interface SourcePlan {
  readonly config: Partial<ConfigSource>;
  readonly files?: readonly FileMount[];
}

/** The kinds of source: to add one is to add a row here and its fields to the schema. */
const kinds: { readonly [K in SourceKind]: (spec: NonNullable<Source[K]>, name: string) => SourcePlan } = {
  configMapRef: ({ name: configMap, key, optional }, name) => ({
    config: { file: { path: posix.join(REGISTRY_DIRECTORY, name, DEFAULT_FILE) } },
    files: [
      {
        volume: volumeName('source', name),
        directory: posix.join(REGISTRY_DIRECTORY, name),
        origin: { configMap },
        item: { key, path: DEFAULT_FILE },
        optional,
      },
    ],
  }),
  git: ({ repository, branch, tag, commit, path = DEFAULT_FILE, auth }) => {
    const password = auth && secretFile(auth.passwordSecretRef);
    return {
      config: {
        git: {
          repository,
          branch,
          tag,
          commit,
          path,
          auth: auth && { username: auth.username, passwordFile: password?.path },
        },
      },
      files: password ? [password.mount] : [],
    };
  },
  api: ({ endpoint }) => ({ config: { api: { endpoint } } }),
  url: ({ endpoint, timeout }) => ({ config: { file: { url: endpoint, timeout } } }),
  pvcRef: ({ claimName, path = DEFAULT_FILE }, name) => ({
    config: { file: { path: posix.join(REGISTRY_DIRECTORY, name, path) } },
    files: [
      {
        volume: volumeName('claim', claimName),
        directory: posix.join(REGISTRY_DIRECTORY, name),
        origin: { claim: claimName },
      },
    ],
  }),
  managed: () => ({ config: { managed: {} } }),
  kubernetes: ({ namespaces }) => ({
    config: { kubernetes: namespaces?.length ? { namespaces } : {} },
  }),
};

/** Kinds that the server never reads again: an interval and a filter mean nothing to them. */
const notSynced: ReadonlySet<string> = new Set<SourceKind>(['managed', 'kubernetes']);

/**
 * What a source of a spec becomes in the configuration and in the pod.
 *
 * @param source a valid source, which has exactly one kind
 */
export function planSource(source: Source): { config: ConfigSource; files: readonly FileMount[] } {
  const { kind, plan } = planKind(source);
  const synced = !notSynced.has(kind);
  return {
    config: {
      name: source.name,
      // Servers of 1.1 refuse any other format of an API, and later ones don't read the field.
      format: kind === 'api' ? 'upstream' : (source.format ?? 'toolhive'),
      claims: source.claims,
      ...plan.config,
      syncPolicy: synced ? { interval: source.syncPolicy?.interval ?? DEFAULT_SYNC_INTERVAL } : undefined,
      filter: synced ? planFilter(source.filter) : undefined,
    },
    files: plan.files ?? [],
  };
}

function planKind(source: Source): { kind: SourceKind; plan: SourcePlan } {
  for (const kind of Object.keys(kinds) as SourceKind[]) {
    const plan = planIf(source, kind);
    if (plan) return { kind, plan };
  }
  throw new Error(`source ${source.name} has no kind: the rules let it pass`);
}

function planIf<K extends SourceKind>(source: Source, kind: K): SourcePlan | undefined {
  const spec = source[kind];
  return spec && kinds[kind](spec as NonNullable<Source[K]>, source.name);
}

const planFilter = (filter: Source['filter']) =>
  filter && { names: planPatterns(filter.names), tags: planPatterns(filter.tags) };

const planPatterns = (patterns: NonNullable<Source['filter']>['names']) =>
  patterns && { include: patterns.include, exclude: patterns.exclude };
