import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { VolumePlan } from './volumes.ts';

/**
 * Writes the files of volumes below a folder.
 *
 * @param group owns them, if the pod has an fsGroup
 * @returns the folder of each volume
 */
export function writeVolumes(
  volumes: readonly VolumePlan[],
  folder: string,
  group: number | undefined,
): Record<string, string> {
  return Object.fromEntries(
    volumes.map((volume) => {
      if (volume.folder !== undefined) return [volume.name, volume.folder];
      const own = join(folder, volume.name);
      mkdirSync(own, { recursive: true });
      // The process mask does not apply to chmod.
      chmodSync(own, volume.scratch ? 0o777 : 0o755);
      if (group !== undefined) chownSync(own, 0, group);
      for (const { path, text, mode } of volume.files) {
        const file = join(own, path);
        if (relative(own, file).split(sep)[0] === '..') throw new Error(`${path} leads out of its volume`);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, text);
        // A kubelet lets the fsGroup read.
        chmodSync(file, group === undefined ? mode : mode | 0o040);
        if (group !== undefined) chownSync(file, 0, group);
      }
      return [volume.name, own];
    }),
  );
}
