import { posix } from 'node:path';
import { ConfigMapKeyRef } from '../../fields/common.ts';
import { volumeName } from '../../pod-fragment.ts';
import { DEFAULT_FILE, sourceDirectory, sourceKind } from '../kind.ts';

export const configMapRef = sourceKind({
  schema: ConfigMapKeyRef('A registry file in a ConfigMap of the same namespace.'),
  inline: true,
  synced: true,
  plan: ({ name: configMap, key, optional }, name) => ({
    config: { file: { path: posix.join(sourceDirectory(name), DEFAULT_FILE) } },
    files: [
      {
        volume: volumeName('source', name),
        directory: sourceDirectory(name),
        origin: { configMap },
        item: { key, path: DEFAULT_FILE },
        optional,
      },
    ],
  }),
});
