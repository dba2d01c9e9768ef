import { type FileMount, volumeName } from './pod-fragment.ts';

/** A key of a Secret or ConfigMap. */
export interface KeyRef {
  readonly name: string;
  readonly key: string;
  readonly optional?: boolean | undefined;
}

/** A file that the configuration names, and the mount that brings it into the container. */
interface MountedFile {
  readonly path: string;
  readonly mount: FileMount;
}

/** A key of a Secret as the file `/secrets/<secret>/<key>`. */
export const secretFile = (ref: KeyRef): MountedFile =>
  keyFile(ref, { secret: ref.name }, 'secret', `/secrets/${ref.name}`);

/** A key of a ConfigMap as the certificate file `/config/certs/<configmap>/<key>`. */
export const certificateFile = (ref: KeyRef): MountedFile =>
  keyFile(ref, { configMap: ref.name }, 'certs', `/config/certs/${ref.name}`);

function keyFile(
  { name, key }: KeyRef,
  origin: FileMount['origin'],
  prefix: string,
  directory: string,
): MountedFile {
  return {
    path: `${directory}/${key}`,
    mount: { volume: volumeName(prefix, name), directory, origin, item: { key, path: key } },
  };
}
