import { posix } from 'node:path';
import { Type } from '@sinclair/typebox';
import { textRule } from '../../common-rules.ts';
import { ObjectName, SpecObject } from '../../fields/common.ts';
import { volumeName } from '../../pod-fragment.ts';
import { withRules } from '../../rule.ts';
import { DEFAULT_FILE, RegistryFilePath, sourceDirectory, sourceKind } from '../kind.ts';

const insideVolume = textRule(
  'must stay inside the volume: remove ".."',
  "!self.matches('(^|/)[.][.](/|$)')",
  (path) => !path.split('/').includes('..'),
);

export const pvcRef = sourceKind({
  schema: SpecObject(
    {
      claimName: ObjectName('Name of the PersistentVolumeClaim.'),
      path: Type.Optional(
        withRules(RegistryFilePath('Path of the registry file in the volume.'), [insideVolume]),
      ),
    },
    { description: 'A registry file in a PersistentVolumeClaim of the same namespace.' },
  ),
  inline: true,
  synced: true,
  plan: ({ claimName, path = DEFAULT_FILE }, name) => ({
    config: { file: { path: posix.join(sourceDirectory(name), path) } },
    files: [
      {
        volume: volumeName('claim', claimName),
        directory: sourceDirectory(name),
        origin: { claim: claimName },
      },
    ],
  }),
});
