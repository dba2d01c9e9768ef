import { posix } from 'node:path';
import { describe, type Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { CONTAINER } from './pod-template.ts';
import {
  type Container,
  firstBy,
  type Mount,
  type Named,
  type PodSpec,
  repeated,
  type UserPlaces,
} from './template-parts.ts';

/** A mount of a merged template, with the field that it comes from. */
interface Placed {
  readonly mount: Mount;
  readonly field: string;
  /** Its path without slashes that mean nothing. */
  readonly path: string;
}

/**
 * Mounts that collide or hide what the registry server reads, and mounts of volumes that the pod does not have.
 *
 * @param before the pod without anything of the user's
 * @param after the pod with everything of the user's
 * @param unknown what both lack: a volume may be in it
 */
export function mountProblems(
  before: PodSpec,
  after: PodSpec,
  places: UserPlaces,
  unknown: Unknown,
): Problem[] {
  const known = new Set((after.volumes ?? []).map(({ name }) => name));
  const all = [
    ...listOf('initContainers', after.initContainers, places),
    ...listOf('containers', after.containers, places),
  ];
  return all.flatMap(({ container, mounts }) => [
    ...duplicateProblems(mounts),
    ...(unknown.volumes || unknown.pgpass ? [] : danglingProblems(mounts, known)),
    ...(container.name === CONTAINER ? hiddenProblems(before, mounts) : []),
  ]);
}

function listOf(
  list: 'containers' | 'initContainers',
  containers: readonly Container[] = [],
  places: UserPlaces,
) {
  return containers.map((container) => ({
    container,
    mounts: (container.volumeMounts ?? []).map((mount) => ({
      mount,
      field: fieldOf(list, container, mount, places),
      path: plain(mount.mountPath),
    })),
  }));
}

/** @param path no longer than a path can be (`pod/length-problems.ts`) */
const plain = (path: string) => {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
};

function fieldOf(
  list: 'containers' | 'initContainers',
  { name }: Container,
  mount: Mount,
  places: UserPlaces,
): string {
  const raw = name === CONTAINER ? places.volumeMount(mount.mountPath) : undefined;
  return raw === undefined
    ? `spec.podTemplateSpec.spec.${list}${places.nameIndex(list, name)}.volumeMounts`
    : `spec.volumeMounts[${raw}]`;
}

function duplicateProblems(mounts: readonly Placed[]): Problem[] {
  return repeated(mounts, ({ path }) => path).map(({ field, path }) => ({
    field,
    message: `mounts at ${path}, where something is mounted already: choose another path`,
  }));
}

function danglingProblems(mounts: readonly Placed[], known: ReadonlySet<string>): Problem[] {
  return mounts
    .filter(({ mount }) => !known.has(mount.name))
    .map(({ mount, field, path }) => ({
      field,
      message: `names the volume ${describe(mount.name)} at ${path}, which the pod does not have: add it to spec.volumes or spec.podTemplateSpec.spec.volumes`,
    }));
}

/** Where the configuration and the files that it names are, nothing else may be mounted. */
function hiddenProblems(before: PodSpec, mounts: readonly Placed[]): Problem[] {
  const own = before.containers?.find(({ name }) => name === CONTAINER)?.volumeMounts ?? [];
  const kept = own.filter(({ readOnly }) => readOnly === true);
  const keptAt = firstBy(kept, ({ mountPath }) => mountPath);
  const volumes = firstBy(before.volumes ?? [], ({ name }) => name);
  const files = new Set(kept.flatMap((mount) => filesOf(mount, volumes.get(mount.name))));
  const isOwn = ({ name, mountPath, subPath }: Mount) => {
    const other = keptAt.get(mountPath);
    return other !== undefined && other.name === name && other.subPath === subPath;
  };
  const hiding = mounts.filter(
    ({ mount, path }) => !isOwn(mount) && (path === '/' || files.has(path) || keptAt.has(path)),
  );
  const there = new Set(mounts.filter(({ mount }) => isOwn(mount)).map(({ mount }) => mount.mountPath));
  const hidden = new Set(hiding.map(({ path }) => path));
  const gone = kept.filter(({ mountPath }) => !there.has(mountPath));
  return [
    ...hiding.map(({ field, path }) => ({
      field,
      message: `mounts at ${path}, where the registry server finds its configuration: choose another path`,
    })),
    ...gone
      .filter(({ mountPath }) => !hidden.has(mountPath))
      .map(({ mountPath, name }) => ({
        field: 'spec.podTemplateSpec.spec.containers',
        message: `must keep the mount of ${name} at ${mountPath}, where the registry server finds its configuration`,
      })),
  ];
}

/** The files that a mount of ours shows. */
function filesOf(mount: Mount, volume: Named | undefined): string[] {
  if (mount.subPath) return [mount.mountPath];
  return Object.values(volume ?? {}).flatMap((source) => {
    const { items, name } = source as { items?: readonly { path: string }[]; name?: string };
    if (items) return items.map(({ path }) => posix.join(mount.mountPath, path));
    return name ? [posix.join(mount.mountPath, 'config.yaml')] : [];
  });
}
