import { type Static, Type } from '@sinclair/typebox';
import type { IConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { type KubernetesObject, openObject } from '../contract/kubernetes.ts';
import { readAs } from '../contract/read-as.ts';
import { objectOf } from '../json.ts';
import { DATABASE_LABEL, databaseLabel } from '../registry/database/database-label.ts';
import type { Registry } from '../registry/registry.ts';
import { sortKeys } from '../text/canonical-json.ts';
import { sha256 } from '../text/hash.ts';
import type { ChildKindRow } from './child-kind.ts';
import type { KubernetesChild } from './kubernetes-child.ts';
import { metadataOf } from './metadata.ts';
import { CONFIG_KEY, configMapName } from './names.ts';

const CHECKSUM_ANNOTATION = 'toolhive.stacklok.dev/content-checksum';

export type DesiredConfigMap = KubernetesChild<IConfigMap, 'data'>;

/** A ConfigMap, as far as it is read. */
export const ObservedConfigMap = openObject({
  data: Type.Optional(Type.Record(Type.String(), Type.String())),
});
export type ObservedConfigMap = Static<typeof ObservedConfigMap> & KubernetesObject;

/** The ConfigMap that holds the server's configuration. */
export const configMap: ChildKindRow<DesiredConfigMap, ObservedConfigMap> = {
  apiVersion: 'v1',
  resource: 'configmaps',
  nameOf: configMapName,
  build: ({ identity, registry: { config, files, database } }): DesiredConfigMap => {
    const name = configMapName(identity);
    const metadata = metadataOf(name, identity, { [CHECKSUM_ANNOTATION]: checksumOf(config, files) });
    const label = databaseLabel(database, identity.namespace);
    return {
      apiVersion: 'v1',
      data: dataOf(config, files),
      kind: 'ConfigMap',
      metadata:
        label === undefined
          ? metadata
          : { ...metadata, labels: sortKeys({ ...metadata.labels, [DATABASE_LABEL]: label }) },
    };
  },
  read: readAs(ObservedConfigMap),
  isAsDesired: ({ data }, desired) =>
    Object.entries(desired.data).every(([key, text]) => data?.[key] === text),
  repair: { whyUnchangeable },
  sizeField: ({ raw, files }) => {
    if (raw) return 'spec.configYAML';
    return Object.keys(files).length > 0 ? 'spec.sources' : 'spec';
  },
};

const dataOf = (config: string, files: Registry['files']): Record<string, string> =>
  Object.fromEntries(Object.entries({ ...files, [CONFIG_KEY]: config }).sort(([a], [b]) => (a < b ? -1 : 1)));

const checksumOf = (config: string, files: Registry['files']): string =>
  sha256(Object.keys(files).length > 0 ? JSON.stringify(dataOf(config, files)) : config);

function whyUnchangeable(observed: KubernetesObject, desired: DesiredConfigMap): string | undefined {
  const [data, binaryData] = [objectOf(observed['data']), objectOf(observed['binaryData'])];
  const differs = Object.entries(desired.data).some(([key, text]) => data[key] !== text);
  if (observed['immutable'] && differs) return 'it was made immutable and holds something else';
  const doubled = Object.keys(desired.data).find((key) => Object.hasOwn(binaryData, key));
  return doubled && `somebody else set binaryData ${doubled}`;
}
