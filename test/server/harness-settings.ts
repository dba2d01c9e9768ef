import { readFileSync } from 'node:fs';
import type { ServerBinary } from '../../scripts/server-binary.ts';
import type { Cluster } from './postgres/postgres.ts';

/** How to reach the API server that KUBECONFIG names. */
export interface KubernetesAccess {
  /** Such as `https://127.0.0.1:6443`; the same inside the network namespace, by a forward. */
  readonly server: string;
  /** In PEM. */
  readonly certificateAuthority: string;
  /** Bearer token of its user. */
  readonly token: string;
}

/** What main.ts passes on to the processes of the tests. */
export interface HarnessSettings {
  readonly server: ServerBinary;
  readonly postgres: Cluster;
  /** For temporary files. */
  readonly folder: string;
  readonly kubernetes?: KubernetesAccess | undefined;
}

/** The variable with the path of the settings. */
export const SETTINGS_VARIABLE = 'REGISTRY_HARNESS_SETTINGS';

/** @throws if the test was not started by main.ts */
export function harnessSettings(): HarnessSettings {
  const path = process.env[SETTINGS_VARIABLE];
  if (path === undefined) throw new Error('this is run by: npm run test:server');
  return JSON.parse(readFileSync(path, 'utf8')) as HarnessSettings;
}
