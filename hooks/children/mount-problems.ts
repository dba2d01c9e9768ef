import { posix } from 'node:path';
import { describe, type Problem } from '../problem.ts';
import { CONTAINER } from './pod-template.ts';
import { type Container, type Mount, nameIndex, type PodSpec, type UserFields } from './template-parts.ts';

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
 */
export function mountProblems(before: PodSpec, after: PodSpec, user: UserFields): Problem[] {
  const known = new Set((after.volumes ?? []).map(({ name }) => name));
  const all = [
    ...listOf('initContainers', after.initContainers, user),
    ...listOf('containers', after.containers, user),
  ];
  return all.flatMap(({ container, mounts }) => [
    ...duplicateProblems(mounts),
    ...danglingProblems(mounts, known),
    ...(container.name === CONTAINER ? hiddenProblems(before, mounts) : []),
  ]);
}

function listOf(list: string, containers: readonly Container[] = [], user: UserFields) {
  return containers.map((container) => ({
    container,
    mounts: (container.volumeMounts ?? []).map((mount) => ({
      mount,
      field: fieldOf(list, container, mount, user),
      path: plain(mount.mountPath),
    })),
  }));
}

const plain = (path: string) => posix.normalize(path).replace(/(.)\/+$/, '$1');

function fieldOf(list: string, { name }: Container, mount: Mount, user: UserFields): string {
  const raw = user.volumeMounts.findIndex(
    (item) => (item as Partial<Mount> | null)?.mountPath === mount.mountPath,
  );
  if (name === CONTAINER && raw >= 0) return `spec.volumeMounts[${raw}]`;
  return `spec.podTemplateSpec.spec.${list}${nameIndex(user.podTemplate, list, name)}.volumeMounts`;
}

function duplicateProblems(mounts: readonly Placed[]): Problem[] {
  return mounts
    .filter(({ path }, index) => mounts.findIndex((other) => other.path === path) !== index)
    .map(({ field, path }) => ({
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
  const files = new Map(kept.flatMap((mount) => filesOf(mount, before).map((file) => [file, mount])));
  const isOwn = (mount: Mount) =>
    kept.some(
      (other) =>
        other.name === mount.name && other.mountPath === mount.mountPath && other.subPath === mount.subPath,
    );
  const hiding = mounts.filter(
    ({ mount, path }) =>
      !isOwn(mount) && (path === '/' || files.has(path) || kept.some(({ mountPath }) => mountPath === path)),
  );
  const gone = kept.filter(
    (mount) => !mounts.some((other) => isOwn(other.mount) && other.mount.mountPath === mount.mountPath),
  );
  return [
    ...hiding.map(({ field, path }) => ({
      field,
      message: `mounts at ${path}, where the registry server finds its configuration: choose another path`,
    })),
    ...gone
      .filter(({ mountPath }) => !hiding.some(({ path }) => path === mountPath))
      .map(({ mountPath, name }) => ({
        field: 'spec.podTemplateSpec.spec.containers',
        message: `must keep the mount of ${name} at ${mountPath}, where the registry server finds its configuration`,
      })),
  ];
}

/** The files that a mount of ours shows. */
function filesOf(mount: Mount, { volumes = [] }: PodSpec): string[] {
  if (mount.subPath) return [mount.mountPath];
  const volume = volumes.find(({ name }) => name === mount.name) ?? {};
  return Object.values(volume).flatMap((source) => {
    const { items, name } = source as { items?: readonly { path: string }[]; name?: string };
    if (items) return items.map(({ path }) => posix.join(mount.mountPath, path));
    return name ? [posix.join(mount.mountPath, 'config.yaml')] : [];
  });
}
