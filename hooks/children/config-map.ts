import type { Child } from '../contract/answer.ts';
import type { Identity } from '../identity.ts';
import { sha256 } from '../text/hash.ts';
import { metadataOf } from './metadata.ts';
import { configMapName } from './names.ts';

export const CONFIG_KEY = 'config.yaml';
const CHECKSUM_ANNOTATION = 'toolhive.stacklok.dev/content-checksum';

/** The ConfigMap that holds the server's configuration. */
export function buildConfigMap(identity: Identity, config: string): Child {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataOf(configMapName(identity), identity, { [CHECKSUM_ANNOTATION]: sha256(config) }),
    data: { [CONFIG_KEY]: config },
  };
}
