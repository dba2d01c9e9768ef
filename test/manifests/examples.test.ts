import { existsSync, readdirSync } from 'node:fs';
import { test } from 'tap';
import { parse } from 'yaml';
import { isOptional } from '../../hooks/children/child-kinds.ts';
import { buildDesired } from '../../hooks/desired.ts';
import { openAPIV3Schema } from '../../scripts/crd/crd.ts';
import { violations } from '../../scripts/crd/violations.ts';
import { type ManifestFolder, manifestFolder, manifestText, valuesOf } from '../support/manifests.ts';
import { context, recorded } from '../support/requests.ts';

interface Registry {
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly spec: { readonly databaseConfig?: { readonly host: string; readonly sslMode: string } };
}

const examples = new URL('../../manifests/examples/', import.meta.url);
const folders = readdirSync(examples)
  .sort()
  .map((name) => `examples/${name}/`);

const hasCatalogue = (folder: string) =>
  existsSync(new URL(`../../manifests/${folder}registry.json`, import.meta.url));

const registryOf = ({ objects }: ManifestFolder) =>
  objects.find(({ kind }) => kind === 'MCPRegistry') as unknown as Registry;

const childrenOf = (registry: Registry) =>
  buildDesired({ name: registry.metadata.name, namespace: 'any' }, registry.spec, context.defaults);

test('the examples are registries that the API server and the hook accept', (t) => {
  for (const folder of folders) {
    const registry = registryOf(manifestFolder(folder));
    t.strictSame(violations(openAPIV3Schema, registry, ''), [], folder);
    const { problems, children } = childrenOf(registry);
    t.equal(problems, undefined, folder);
    t.equal(children?.all.filter(({ kind }) => !isOptional(kind)).length, 6, folder);
  }
  t.end();
});

/** What the examples are warned about; those that are left out have the default mode and no more. */
const warned: Readonly<Record<string, readonly string[]>> = {
  'examples/everything/': ['ChangesMayBeMissed', 'PublicClaims', 'ScopesIgnored'],
  'examples/exposed/': [],
  'examples/postgres-oauth/': [],
  'examples/raw-config/': ['ChangesMayBeMissed', 'AnonymousWrites'],
  'examples/recorded/': ['FormatIgnored', 'ChangesMayBeMissed', 'AnonymousWrites'],
};

test('an example is warned about what it shows on purpose', (t) => {
  for (const folder of folders) {
    const { warnings } = childrenOf(registryOf(manifestFolder(folder)));
    t.strictSame(
      warnings?.map(({ reason }) => reason),
      warned[folder] ?? ['AnonymousWrites'],
      folder,
    );
  }
  t.end();
});

test('each example has a database of its own', (t) => {
  const databases = folders.flatMap((folder) => {
    const config = String(
      valuesOf(childrenOf(registryOf(manifestFolder(folder))).children?.all, 'config.yaml'),
    );
    const { host, database } = (parse(config) as { database: { host: string; database: string } }).database;
    return `${host}/${database}`;
  });
  t.equal(databases.length, folders.length);
  t.strictSame(databases, [...new Set(databases)]);
  t.end();
});

test('every example applies all files of its folder', (t) => {
  for (const folder of folders) {
    const { files, resources } = manifestFolder(folder);
    t.strictSame([...resources, 'kustomization.yaml'].sort(), [...files].sort(), folder);
  }
  t.end();
});

test('every key that a pod of an example reads is in the example', (t) => {
  for (const folder of folders) {
    const { objects, generated } = manifestFolder(folder);
    const secrets = new Map(
      objects
        .filter(({ kind }) => kind === 'Secret')
        .map((secret) => [
          secret.metadata.name,
          Object.keys((secret as { stringData?: object }).stringData ?? {}),
        ]),
    );
    const { children } = childrenOf(registryOf(manifestFolder(folder)));
    const pods = [...objects, ...(children?.all ?? [])];
    for (const ref of valuesOf(pods, 'secretKeyRef') as { name: string; key: string }[]) {
      t.ok(secrets.get(ref.name)?.includes(ref.key), `${folder}: Secret ${ref.name} has ${ref.key}`);
    }
    const secretVolumes = valuesOf(pods, 'secret') as {
      secretName: string;
      items?: readonly { key: string }[];
    }[];
    for (const { secretName, items = [] } of secretVolumes) {
      t.ok(secrets.has(secretName), `${folder}: there is a Secret ${secretName}`);
      for (const { key } of items) t.ok(secrets.get(secretName)?.includes(key), `${folder}: and has ${key}`);
    }
    for (const { name } of valuesOf(pods, 'imagePullSecrets').flat() as { name: string }[]) {
      t.ok(secrets.has(name), `${folder}: there is a Secret ${name}`);
    }
    const claims = new Set(
      objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name),
    );
    for (const claim of valuesOf(pods, 'claimName')) {
      t.ok(claims.has(String(claim)), `${folder}: there is a claim ${claim}`);
    }
    const volumes = valuesOf(pods, 'configMap') as { name: string; items?: readonly { key: string }[] }[];
    for (const { name, items = [] } of volumes) {
      if (name.endsWith('-registry-server-config')) continue;
      t.ok(generated.has(name), `${folder}: ConfigMap ${name} is generated`);
      for (const { key } of items) t.ok(generated.get(name)?.includes(key), `${folder}: and has ${key}`);
    }
  }
  t.end();
});

test('the recorded example is the registry of the recordings', (t) => {
  const { name } = registryOf(manifestFolder('examples/recorded/')).metadata;
  const { parent } = recorded('create', 1);
  t.equal(name, parent.metadata.name);
  t.strictSame(registryOf(manifestFolder('examples/recorded/')).spec, parent.spec);
  t.end();
});

test('the quickstart reaches the database that it brings, as the users that it makes', (t) => {
  const quickstart = manifestFolder('examples/quickstart/');
  const service = quickstart.objects.find(({ kind }) => kind === 'Service');
  const registry = registryOf(quickstart);
  t.equal(registry.spec.databaseConfig?.host, service?.metadata.name);
  t.equal(registry.spec.databaseConfig?.sslMode, 'disable', 'the database of the example speaks no TLS');

  const { children } = childrenOf(registry);
  const config = String(valuesOf(children?.all, 'config.yaml'));
  const [, user] = /^ {2}user: (.+)$/m.exec(config) ?? [];
  const [, migrationUser] = /^ {2}migrationUser: (.+)$/m.exec(config) ?? [];
  const [, database] = /^ {2}database: (.+)$/m.exec(config) ?? [];
  const sql = manifestText('examples/quickstart/init.sql');
  t.match(sql, `CREATE ROLE ${user} LOGIN PASSWORD :'app_password' IN ROLE toolhive_registry_server;`);
  t.match(sql, `CREATE ROLE ${migrationUser} LOGIN PASSWORD :'migration_password';`);
  t.match(sql, `GRANT USAGE, CREATE ON SCHEMA public TO ${migrationUser};`);
  t.match(valuesOf(quickstart.objects, 'env').flat(), [
    { name: 'PGDATA' },
    { name: 'POSTGRES_DB', value: database },
  ]);
  t.end();
});

test('a registry that discovers in other namespaces brings the rights for each', (t) => {
  for (const folder of folders) {
    const { objects } = manifestFolder(folder);
    const registry = registryOf(manifestFolder(folder));
    const { namespace: forAll } = parse(manifestText(`${folder}kustomization.yaml`)) as {
      namespace?: string;
    };
    const own = forAll ?? registry.metadata.namespace;
    const { children } = childrenOf(registry);
    const [rules] = valuesOf(children?.all, 'rules') as [{ resources: readonly string[] }[]];
    const watched = valuesOf(registry.spec, 'namespaces').flat() as string[];
    for (const namespace of watched.filter((name) => name !== own)) {
      const inIt = objects.filter(({ metadata }) => metadata.namespace === namespace);
      const role = inIt.find(({ kind }) => kind === 'Role');
      t.strictSame(
        role?.['rules'],
        rules.filter(({ resources }) => !/configmaps|leases|events/.test(resources.join())),
        `${folder}: the Role in ${namespace} is what the registry may read in its own`,
      );
      t.match(
        inIt.find(({ kind }) => kind === 'RoleBinding'),
        {
          roleRef: { kind: 'Role', name: role?.metadata.name },
          subjects: [
            { kind: 'ServiceAccount', name: `${registry.metadata.name}-registry-api`, namespace: own },
          ],
        },
        folder,
      );
    }
  }
  t.end();
});

test('the catalogues are in the format that the registry server reads', (t) => {
  for (const folder of folders.filter(hasCatalogue)) {
    const catalogue = JSON.parse(manifestText(`${folder}registry.json`)) as {
      version: string;
      meta: { last_updated: string };
      data: { servers: readonly { name: string; description: string; version: string }[] };
    };
    t.ok(Date.parse(catalogue.meta.last_updated), folder);
    t.ok(catalogue.data.servers.length > 0, folder);
    for (const { name, description, version } of catalogue.data.servers) {
      t.match(name, /^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/, `${folder}: ${name}`);
      t.ok(description.length > 0 && description.length <= 100, `${folder}: ${name} has a short description`);
      t.ok(version, `${folder}: ${name} has a version`);
    }
  }
  t.end();
});
