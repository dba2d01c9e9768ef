import type { IContainer } from 'kubernetes-models/v1/Container';
import type { IEnvVar } from 'kubernetes-models/v1/EnvVar';
import type { IVolume } from 'kubernetes-models/v1/Volume';
import type { IVolumeMount } from 'kubernetes-models/v1/VolumeMount';
import type { Defaults } from '../context.ts';
import type { PodFragment } from '../registry/pod-fragment.ts';
import type { KeyRef } from '../registry/secret-files.ts';
import { restricted } from './security.ts';
import { terminationMessagePolicy } from './termination.ts';

export const PGPASS_CONTAINER = 'setup-pgpass';
const FILE = '.pgpass';
const HOME_FILE = '/home/appuser/.pgpass';

/**
 * What brings a pgpass file to where the server reads it. libpq refuses one that is not of mode 0600 and owned
 * by the process, which a Secret volume can't give to a non-root user: an init container makes a copy, in
 * memory, as the user of the pod.
 */
export function pgpassFragment({ name, key }: KeyRef, { pgpassImage }: Defaults): PodFragment {
  return {
    volumes: [
      {
        name: 'pgpass-secret',
        secret: { secretName: name, items: [{ key, path: FILE }] },
      },
      { name: 'pgpass', emptyDir: { medium: 'Memory' } },
    ] satisfies IVolume[],
    volumeMounts: [
      { name: 'pgpass', mountPath: HOME_FILE, subPath: FILE, readOnly: true },
    ] satisfies IVolumeMount[],
    env: [{ name: 'PGPASSFILE', value: HOME_FILE }] satisfies IEnvVar[],
    initContainers: [
      {
        name: PGPASS_CONTAINER,
        image: pgpassImage,
        command: ['sh', '-c', `cp /secret/${FILE} /pgpass/${FILE} && chmod 0600 /pgpass/${FILE}`],
        resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { cpu: '50m', memory: '32Mi' } },
        securityContext: restricted,
        terminationMessagePolicy,
        volumeMounts: [
          { name: 'pgpass-secret', mountPath: '/secret', readOnly: true },
          { name: 'pgpass', mountPath: '/pgpass' },
        ],
      },
    ] satisfies IContainer[],
  };
}
