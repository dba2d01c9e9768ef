import { posix } from 'node:path';
import { CONFIG_KEY } from '../children/names.ts';
import { CONTAINER } from '../children/pod-template.ts';
import { objectOf, objectsOf } from '../json.ts';
import { describe, type Problem } from '../problem.ts';
import type { Unknown } from '../registry/registry.ts';
import { canonicalPath } from '../text/canonical-path.ts';
import {
  type Container,
  type ContainerList,
  firstBy,
  type Mount,
  type Named,
  type PodSpec,
  repeated,
} from './template-parts.ts';
import { TEMPLATE_FIELD, type UserFields } from './user-fields.ts';

/** A mount of a merged template. */
interface PlacedMount {
  readonly mount: Mount;
  /** The field of the spec that it comes from. */
  readonly field: string;
  /** Its path in canonical form: without `.`, `..`, and needless slashes. */
  readonly path: string;
}

/**
 * Mounts that collide, that hide what the registry server reads, or that name a volume which the pod does not have.
 *
 * @param before the pod without the user's parts
 * @param after the pod with all of the user's parts
 * @param unknown what both lack; a volume may be in it
 */
export function mountProblems(
  before: PodSpec,
  after: PodSpec,
  fields: UserFields,
  unknown: Unknown,
): Problem[] {
  const volumes = new Set((after.volumes ?? []).map(({ name }) => name));
  const inContainers = (list: ContainerList, containers: readonly Container[] = []) =>
    containers.flatMap((container) => {
      const mounts = mountsOf(list, container, fields);
      return [
        ...duplicateProblems(mounts),
        ...(unknown.volumes || unknown.pgpass ? [] : danglingProblems(mounts, volumes)),
        ...(container.name === CONTAINER ? hidingProblems(before, mounts) : []),
      ];
    });
  return [
    ...inContainers('initContainers', after.initContainers),
    ...inContainers('containers', after.containers),
  ];
}

const mountsOf = (
  list: ContainerList,
  { name, volumeMounts = [] }: Container,
  fields: UserFields,
): PlacedMount[] =>
  volumeMounts
    // The schema requires a path, but is not checked for required fields while parts of the spec are unknown.
    .filter(({ mountPath }) => mountPath !== undefined)
    .map((mount) => ({
      mount,
      field: fields.volumeMount(list, name, mount),
      path: canonicalPath(mount.mountPath),
    }));

function duplicateProblems(mounts: readonly PlacedMount[]): Problem[] {
  return repeated(mounts, ({ path }) => path).map(({ field, path }) => ({
    field,
    message: `must not mount at ${path}, where a volume is mounted already: choose another path`,
  }));
}

function danglingProblems(mounts: readonly PlacedMount[], volumes: ReadonlySet<string>): Problem[] {
  return mounts
    .filter(({ mount }) => !volumes.has(mount.name))
    .map(({ mount, field, path }) => ({
      field,
      message: `must not mount the volume ${describe(mount.name)} at ${path}, because the pod has no such volume: add it to spec.volumes or ${TEMPLATE_FIELD}.spec.volumes`,
    }));
}

/** Nothing else may be mounted over the configuration and the files that it names. */
function hidingProblems(before: PodSpec, mounts: readonly PlacedMount[]): Problem[] {
  const own = before.containers?.find(({ name }) => name === CONTAINER)?.volumeMounts ?? [];
  const required = own.filter(({ readOnly }) => readOnly === true);
  const requiredAt = firstBy(required, ({ mountPath }) => mountPath);
  const volumes = firstBy(before.volumes ?? [], ({ name }) => name);
  const files = new Set(required.flatMap((mount) => filesOf(mount, volumes.get(mount.name))));
  const isOwn = ({ name, mountPath, subPath }: Mount) => {
    const other = requiredAt.get(mountPath);
    return other !== undefined && other.name === name && other.subPath === subPath;
  };
  const hiding = mounts.filter(
    ({ mount, path }) => !isOwn(mount) && (path === '/' || files.has(path) || requiredAt.has(path)),
  );
  const present = new Set(mounts.filter(({ mount }) => isOwn(mount)).map(({ mount }) => mount.mountPath));
  const hidden = new Set(hiding.map(({ path }) => path));
  return [
    ...hiding.map(({ field, path }) => ({
      field,
      message: `must not mount at ${path}, because that hides files which the registry server reads: choose another path`,
    })),
    ...required
      .filter(({ mountPath }) => !present.has(mountPath) && !hidden.has(mountPath))
      .map(({ mountPath, name }) => ({
        field: `${TEMPLATE_FIELD}.spec.containers`,
        message: `must keep the mount of ${name} at ${mountPath}, where the registry server reads its files: do not delete the mount`,
      })),
  ];
}

/** The paths of the files that a mount of ours provides. */
function filesOf({ mountPath, subPath }: Mount, volume: Named | undefined): string[] {
  if (subPath) return [mountPath];
  return Object.values(volume ?? {}).flatMap((source) => {
    const { items, name } = objectOf(source);
    if (items) return objectsOf(items).map(({ path }) => posix.join(mountPath, String(path)));
    return name ? [posix.join(mountPath, CONFIG_KEY)] : [];
  });
}
