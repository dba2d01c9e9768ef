import fc from 'fast-check';
import { InlineSourceKind, SourceKind } from '../../hooks/registry/source/kinds.ts';
import { MCPRegistrySpec } from '../../hooks/registry/spec.ts';
import { arbitraryOf, type Fields, list, valuesByField } from './arbitrary-of.ts';

/** Specs that satisfy the schema and, mostly, break the rules. */
export const schematicSpec = arbitraryOf(MCPRegistrySpec, 'spec') as fc.Arbitrary<Fields>;

/** Specs that a registry can be made of: by whichever path, the rest of the spec is made to follow the rules. */
export const validSpec: fc.Arbitrary<Fields> = fc
  .record({
    spec: schematicSpec,
    path: fc.constantFrom('raw', 'typed', 'inline', 'single'),
    raw: valuesByField['spec.configYAML'] as fc.Arbitrary<unknown>,
    sources: listOfOne('sources'),
    entries: listOfOne('registries'),
    single: arbitraryOf(MCPRegistrySpec.properties.source, 'spec.source') as fc.Arbitrary<Fields>,
    choice: fc.nat(),
  })
  .map(({ spec, path, raw, sources, entries, single, choice }) => {
    const {
      configYAML: _,
      sources: _sources,
      registries: _registries,
      source: _source,
      ...rest
    } = withOneScale(withMounts(spec));
    const { databaseConfig, authConfig, telemetryConfig, auditConfig, ...untyped } = neededIn(rest, [
      'pgpassSecretRef',
    ]);
    const shared = {
      ...untyped,
      ...withDatabase(databaseConfig),
      ...withTelemetry(telemetryConfig),
      ...(auditConfig ? { auditConfig } : {}),
    };
    if (path === 'raw') return { ...untyped, configYAML: raw };
    const auth = authConfig ? { authConfig: withMode(authConfig as Fields) } : {};
    if (path === 'single') return { ...shared, ...auth, source: singleSource(single, choice) };
    if (path === 'inline') {
      return {
        ...shared,
        ...auth,
        registries: entries.map((entry, index) => inlineEntry(entry, choice + index)),
      };
    }
    const named = sources.map((source, index) => ofOneKind(source, SourceKind, choice + index));
    const kept = named.filter(
      ({ managed }, index) => !managed || index === named.findIndex((one) => one['managed']),
    );
    return {
      ...shared,
      ...auth,
      sources: kept,
      registries: entries.map((entry) => view(entry, kept, choice)),
    };
  });

/** A list of the spec with something in it. */
function listOfOne(name: 'sources' | 'registries'): fc.Arbitrary<Fields[]> {
  const lists = list(MCPRegistrySpec.properties[name], `spec.${name}`) as fc.Arbitrary<Fields[]>;
  return lists.filter(({ length }) => length > 0);
}

/** A source with what its type names, and in any case whatever else it has. */
function singleSource({ type, git, ...source }: Fields, choice: number): Fields {
  const kept = { ...source, ...(git ? { git: withGoodRefs(git as Fields, choice) } : {}) };
  const set = ['git', 'api'].filter((kind) => kind in kept);
  const kind = set[choice % (set.length + 1)];
  if (kind) return { ...kept, type: kind };
  const isSet = 'configmap' in kept || 'configMapRef' in kept;
  return {
    ...(isSet ? kept : { ...kept, configmap: { name: 'catalog' } }),
    ...(type === undefined ? {} : { type: 'configmap' }),
  };
}

/** Keeps or sets one kind of source, and what can be checked out. */
function ofOneKind(source: Fields, kinds: readonly string[], choice: number): Fields {
  const set = kinds.filter((kind) => source[kind] !== undefined);
  const kind = set[choice % (set.length || 1)];
  const others = Object.entries(source).filter(([name]) => name === kind || !kinds.includes(name));
  const kept = Object.fromEntries(others);
  if (kind === undefined) return { ...kept, configMapRef: { name: 'catalog', key: 'registry.json' } };
  if (kind === 'git') return { ...kept, git: withGoodRefs(source['git'] as Fields, choice) };
  if (kind === 'kubernetes') return { ...kept, ...withShortNames(source['kubernetes'] as Fields, choice) };
  return kind === 'pvcRef' ? { ...kept, pvcRef: insideVolume(source['pvcRef'] as Fields) } : kept;
}

/** Of several namespaces, each becomes a source, whose name has a limit. */
const withShortNames = ({ namespaces = [] }: Fields, choice: number): Fields =>
  (namespaces as string[]).length < 2
    ? {}
    : { name: `kubernetes-${choice}`, kubernetes: { namespaces: ['team-a', 'team-b'] } };

/** With what the server finds to check out, a path that git has in a tree, and credentials only where there may be some. */
function withGoodRefs({ branch, tag, commit, path, auth, ...git }: Fields, choice: number): Fields {
  const given = Object.entries({ branch, tag, commit }).filter(([, value]) => value !== undefined);
  const refs = given.slice(choice % (given.length || 1));
  return {
    ...git,
    // Only the first is read: a commit that comes after another may be any text.
    ...(refs[0]?.[0] === 'commit' ? { commit: 'a1'.repeat(20) } : Object.fromEntries(refs)),
    ...(path === undefined ? {} : { path: `data/${choice}.json` }),
    ...(auth === undefined || String(git['repository']).startsWith('git:')
      ? {}
      : { auth: { ...(auth as Fields), passwordSecretRef: needed((auth as Fields)['passwordSecretRef']) } }),
  };
}

/** A reference to what the server needs. */
function needed(reference: unknown): Fields {
  const { optional: _, ...rest } = reference as Fields;
  return rest;
}

const neededIn = (object: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [
      name,
      names.includes(name) && value ? needed(value) : value,
    ]),
  );

const insideVolume = ({ path, ...claim }: Fields): Fields =>
  typeof path === 'string' && !path.split('/').includes('..') ? { ...claim, path } : claim;

function inlineEntry({ sources: _, ...entry }: Fields, choice: number): Fields {
  return {
    ...ofOneKind(entry, InlineSourceKind, choice),
    name: choice % 2 ? `Entry.${choice}` : `entry-${choice}`,
  };
}

/** A view of one or all of the sources. */
function view(entry: Fields, sources: readonly Fields[], choice: number): Fields {
  const others = Object.entries(entry).filter(
    ([name]) => !(InlineSourceKind as readonly string[]).includes(name),
  );
  const names = sources.map(({ name }) => name);
  return { ...Object.fromEntries(others), sources: choice % 2 === 0 ? names : names.slice(0, 1) };
}

/** With a region where there is dynamicAuth. */
function withDatabase(database: unknown): Fields {
  if (database === undefined) return {};
  const { dynamicAuth, ...rest } = neededIn(database as Fields, [
    'dbAppUserPasswordSecretRef',
    'dbMigrationUserPasswordSecretRef',
  ]);
  const region = { awsRdsIam: { region: 'detect' } };
  return { databaseConfig: { ...rest, ...(dynamicAuth ? { dynamicAuth: region } : {}) } };
}

function withTelemetry(telemetry: unknown): Fields {
  if (telemetry === undefined) return {};
  const { endpoint, ...rest } = telemetry as Fields;
  return { telemetryConfig: { ...rest, ...(endpoint ? { endpoint: 'otel-collector:4318' } : {}) } };
}

const provider: Fields = { name: 'p', issuerUrl: 'https://issuer.example.com', audience: 'registry' };

function withMode({ mode, authz, ...auth }: Fields): Fields {
  if (mode === undefined) return auth['publicPaths'] ? { publicPaths: auth['publicPaths'] } : {};
  if (mode !== 'oauth') return { ...auth, mode };
  const oauth = auth['oauth'] as Fields | undefined;
  const given = (oauth?.['providers'] ?? []) as Fields[];
  const providers = (given.length > 0 ? given : [provider]).map((rest: Fields, index) => ({
    ...neededIn(rest, ['clientSecretRef', 'caCertRef', 'authTokenRef']),
    name: `provider-${index}`,
    issuerUrl: `https://issuer-${index}.example.com`,
    ...(rest['jwksUrl'] ? { jwksUrl: `https://issuer-${index}.example.com/keys` } : {}),
  }));
  return { ...auth, mode, oauth: { ...oauth, providers }, ...(authz ? { authz } : {}) };
}

/** A fixed number of pods, or an autoscaler. */
const withOneScale = ({ replicas, ...spec }: Fields): Fields =>
  replicas === undefined || spec['autoscaling'] !== undefined ? spec : { ...spec, replicas };

/** Only mounts of volumes that are there. */
function withMounts(spec: Fields): Fields {
  const volumes = ((spec['volumes'] ?? []) as Fields[]).map(({ name }) => name);
  const mounts = ((spec['volumeMounts'] ?? []) as Fields[]).filter(({ name }) => volumes.includes(name));
  return { ...spec, volumeMounts: mounts };
}
