import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { type Bind, imageEnvironment } from './image.ts';
import type { ContainerPlan, PodPlan } from './plan-pod.ts';

const script = fileURLToPath(new URL('contain.sh', import.meta.url));

/** Where a pod is on this machine. */
export interface PodFolders {
  readonly volumes: Readonly<Record<string, string>>;
}

/**
 * Starts a container of a pod in its own mount namespace.
 *
 * @param root its root folder, with `image` mounted in it before the volumes
 */
export function runContainer(
  container: ContainerPlan,
  plan: PodPlan,
  folders: PodFolders,
  root: string,
  image: readonly Bind[],
  command: readonly string[],
): ChildProcessByStdio<null, Readable, Readable> {
  const { uid, gid, groups, readOnlyRoot, noNewPrivileges, mounts } = container;
  const volumes = mounts.map(({ name, mountPath, subPath, readOnly }): Bind => {
    const volume = plan.volumes.find((each) => each.name === name);
    const folder = folders.volumes[name];
    if (!volume || folder === undefined) throw new Error(`the pod has no volume ${name}`);
    const from = subPath === undefined ? folder : join(folder, subPath);
    if (!existsSync(from)) mkdirSync(from, { recursive: true, mode: 0o777 });
    return { from, to: mountPath, writable: !readOnly && !volume.readOnly };
  });
  return spawn(
    'unshare',
    [
      '--mount',
      'sh',
      script,
      root,
      String(uid),
      String(gid),
      groups.join(','),
      readOnlyRoot ? 'ro' : 'rw',
      noNewPrivileges ? 'no' : 'yes',
      ...[...image, ...volumes].flatMap(({ from, to, writable }) => [from, to, writable ? 'rw' : 'ro']),
      '--',
      ...command,
    ],
    { env: { ...imageEnvironment, ...container.env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
}
