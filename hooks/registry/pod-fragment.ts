import { clip } from '../text/clip.ts';
import { sha256 } from '../text/hash.ts';

/** A volume of a pod, of any kind. */
export type Volume = { readonly name: string } & Readonly<Record<string, unknown>>;
/** A volume mount of a container. */
export type VolumeMount = { readonly name: string; readonly mountPath: string } & Readonly<
  Record<string, unknown>
>;
/** An environment variable of a container. */
export type EnvVar = { readonly name: string } & Readonly<Record<string, unknown>>;
/** A container of a pod. */
export type Container = { readonly name: string } & Readonly<Record<string, unknown>>;

/** What a registry's configuration needs of the pod that it is served from, beside the server itself. */
export interface PodFragment {
  readonly volumes: readonly Volume[];
  readonly volumeMounts: readonly VolumeMount[];
  readonly env: readonly EnvVar[];
  readonly initContainers: readonly Container[];
}

/** Empty folders, each a volume, where a server may write: its root file system is read-only. */
export const scratchSpaces = [
  { name: 'registry-server-data', mountPath: '/data' },
  { name: 'registry-server-tmp', mountPath: '/tmp' },
] as const satisfies readonly VolumeMount[];

export function mergeFragments(needs: readonly Partial<PodFragment>[]): PodFragment {
  return {
    volumes: needs.flatMap(({ volumes = [] }) => volumes),
    volumeMounts: needs.flatMap(({ volumeMounts = [] }) => volumeMounts),
    env: needs.flatMap(({ env = [] }) => env),
    initContainers: needs.flatMap(({ initContainers = [] }) => initContainers),
  };
}

/** Where the files of a mount come from. */
type Origin = { readonly configMap: string } | { readonly secret: string } | { readonly claim: string };

/** Files that the configuration names, and where they are mounted. */
export interface FileMount {
  /** Name of the volume; mounts of one volume share it. */
  readonly volume: string;
  readonly directory: string;
  readonly origin: Origin;
  /** The key that is mounted and its file name; the whole volume when left out. */
  readonly item?: { readonly key: string; readonly path: string };
  /** Whether the pod may start without it. */
  readonly optional?: boolean | undefined;
}

/**
 * Volumes and mounts for files: one volume for each name, one mount for each directory, each key once.
 *
 * @param files in the order in which the configuration names them
 */
export function mountFiles(files: readonly FileMount[]): Partial<PodFragment> {
  const byVolume = groupByVolume(files);
  return {
    volumes: [...byVolume].map(([name, group]) => ({ name, ...volumeSource(group) })),
    volumeMounts: [...byVolume].flatMap(([name, group]) =>
      [...new Set(group.map(({ directory }) => directory))].map((mountPath) => ({
        name,
        mountPath,
        readOnly: true,
      })),
    ),
  };
}

function groupByVolume(files: readonly FileMount[]): ReadonlyMap<string, readonly FileMount[]> {
  const groups = new Map<string, FileMount[]>();
  for (const file of files) {
    const group = groups.get(file.volume);
    if (group) group.push(file);
    else groups.set(file.volume, [file]);
  }
  return groups;
}

function volumeSource(group: readonly FileMount[]): Record<string, unknown> {
  const [first] = group;
  if (!first) return {};
  const { origin } = first;
  if ('claim' in origin) return { persistentVolumeClaim: { claimName: origin.claim, readOnly: true } };
  const items = new Map(group.flatMap(({ item }) => (item ? [[item.path, item]] : [])));
  const options = {
    items: [...items.values()],
    ...(group.every(({ optional }) => optional) ? { optional: true } : {}),
  };
  return 'secret' in origin
    ? { secret: { secretName: origin.secret, ...options } }
    : { configMap: { name: origin.configMap, ...options } };
}

/** The longest name of a volume: a DNS label. */
const VOLUME_NAME_LIMIT = 63;

/**
 * A volume name made of the name of an object, which may be longer and hold dots.
 * A name that had to be changed gets a hash, so that two objects never share a volume.
 */
export function volumeName(prefix: string, name: string): string {
  const plain = `${prefix}-${name}`;
  const label = plain.replaceAll('.', '-');
  if (label === plain && plain.length <= VOLUME_NAME_LIMIT) return plain;
  return clip(`${label}-${sha256(name).slice(0, 8)}`, VOLUME_NAME_LIMIT);
}
