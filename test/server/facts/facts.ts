/** What the facts share: short specs, and waiting for what the server does by itself. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { type CatalogEntry, upstreamCatalog } from '../catalog.ts';
import type { RunningPod } from '../pod/start-pod.ts';
import type { Objects } from '../pod/types.ts';

/** The database of the world, with the passwords of its roles in a Secret. */
export const databaseConfig = {
  host: 'postgres',
  dbAppUserPasswordSecretRef: { name: 'registry-db', key: 'app-password' },
  dbMigrationUserPasswordSecretRef: { name: 'registry-db', key: 'migration-password' },
};

/** The namespace of `databaseConfig`, and ConfigMaps `<source>-catalog`. */
export const objectsOf = (catalogs: Readonly<Record<string, readonly CatalogEntry[] | string>>): Objects => ({
  configMaps: Object.fromEntries(
    Object.entries(catalogs).map(([source, content]) => [
      `${source}-catalog`,
      { 'registry.json': typeof content === 'string' ? content : upstreamCatalog(content) },
    ]),
  ),
  secrets: { 'registry-db': { 'app-password': 'app-password', 'migration-password': 'migration-password' } },
});

/** A source that reads the ConfigMap `<name>-catalog`; the server has no shorter interval than its own two minutes. */
export const fileSource = (name: string, more: object = {}) => ({
  name,
  configMapRef: { name: `${name}-catalog`, key: 'registry.json' },
  syncPolicy: { interval: '1s' },
  ...more,
});

interface Source {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** A spec with these sources, and one view `default` of all of them. */
export const specOf = (sources: readonly Source[], more: object = {}) => ({
  sources,
  registries: [{ name: 'default', sources: sources.map(({ name }) => name) }],
  databaseConfig,
  ...more,
});

/** The smallest registry: a source `a` with the entry `io.example/a`. */
export const smallest = (more: object = {}) => ({
  spec: specOf([fileSource('a')], more),
  objects: objectsOf({ a: ['io.example/a'] }),
});

/** A change of what `config.yaml` holds. */
// biome-ignore lint/suspicious/noExplicitAny: it is changed in places that no type of ours describes
export type ChangeConfig = (value: any) => void;

/** A change of `config.yaml`, for what the hook refuses or writes otherwise. */
export const config = (change: ChangeConfig) => (text: string) => {
  const value: unknown = parse(text);
  change(value);
  return stringify(value);
};

/** What `GET /v1/sources/<name>` says of the last read. */
export interface SyncStatus {
  readonly phase: string;
  readonly message: string;
  readonly serverCount: number;
  readonly lastSyncTime?: string;
}

/** The last read of a source, finished or not. */
export async function syncStatus(pod: RunningPod, source: string, token?: string): Promise<SyncStatus> {
  const { body } = await pod.get(`/v1/sources/${source}`, { token });
  return (body as { syncStatus: SyncStatus }).syncStatus;
}

/** Waits until a source has been read, well or not. */
export async function read(pod: RunningPod, source: string, token?: string): Promise<SyncStatus> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const status = await syncStatus(pod, source, token).catch(() => undefined);
    if (status?.lastSyncTime !== undefined) return status;
    if (Date.now() > deadline) throw new Error(`${source} was not read:\n${pod.lastWords()}`);
    await sleep(50);
  }
}

/** Waits until the server ends, and has said why. */
export async function ends(
  pod: RunningPod,
): Promise<{ readonly code: number | null; readonly words: string }> {
  const end = await Promise.race([pod.ended, sleep(20_000, undefined, { ref: false })]);
  if (!end) throw new Error(`the server goes on:\n${pod.lastWords()}`);
  return { code: end.code, words: pod.lastWords() };
}

/** Waits until the server has looked for a source to read, which it does once at its start. */
export async function looked(pod: RunningPod): Promise<void> {
  await pod.ready();
  await pod.logged(/Configured coordinator sync interval/);
  // It looks right after that line, and says something only where it finds a source.
  await sleep(1_000);
}

/** Ends a server that has nothing to do, and has the next one look for a source to read again. */
export async function next(pod: RunningPod, start: () => Promise<RunningPod>): Promise<RunningPod> {
  await pod.kill();
  const again = await start();
  await looked(again);
  return again;
}
