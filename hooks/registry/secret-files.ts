import { type FileMount, volumeName } from './pod-needs.ts';

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
export function secretFile({ name, key, optional }: KeyRef): MountedFile {
  const directory = `/secrets/${name}`;
  return {
    path: `${directory}/${key}`,
    mount: {
      volume: volumeName('secret', name),
      directory,
      origin: { secret: name },
      item: { key, path: key },
      optional,
    },
  };
}

/** A key of a ConfigMap as the certificate file `/config/certs/<configmap>/<key>`. */
export function certificateFile({ name, key, optional }: KeyRef): MountedFile {
  const directory = `/config/certs/${name}`;
  return {
    path: `${directory}/${key}`,
    mount: {
      volume: volumeName('certs', name),
      directory,
      origin: { configMap: name },
      item: { key, path: key },
      optional,
    },
  };
}
