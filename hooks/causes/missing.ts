import type { Identity } from '../identity.ts';
import { isObject, type JsonObject, objectOf, textOf } from '../json.ts';
import { namingField } from '../related/naming-field.ts';
import type { ConfigMapReference, References } from '../related/references.ts';
import { relatedHere } from '../related/related.ts';
import { foreignText } from '../text/foreign-text.ts';
import type { PodCause } from './cause.ts';

/** What of the things that a pod needs by name is not there. */
export interface Missing {
  /** A ConfigMap, or a key of one. */
  readonly configMap?: PodCause | undefined;
  /** A PersistentVolumeClaim that does not exist, or has no volume. */
  readonly claim?: PodCause | undefined;
}

/**
 * The first ConfigMap and the first PersistentVolumeClaim that keep a pod from starting. What is not shown because nobody
 * asked for it is not missing.
 *
 * @param spec of the registry: a valid one
 * @param related the related objects of a request, of any shape
 */
export function missingOf(
  references: References,
  spec: unknown,
  related: unknown,
  identity: Identity,
): Missing {
  const configMaps = byName(relatedHere(related, 'ConfigMap.v1', identity));
  const claims = byName(relatedHere(related, 'PersistentVolumeClaim.v1', identity));
  return {
    configMap: configMaps && first(references.configMaps, (each) => missingConfigMap(each, spec, configMaps)),
    claim: claims && first(references.claims, (name) => missingClaim(name, spec, claims)),
  };
}

function byName(objects: readonly JsonObject[] | undefined): ReadonlyMap<string, JsonObject> | undefined {
  return objects && new Map(objects.map((each) => [textOf(objectOf(each['metadata'])['name']), each]));
}

function first<T>(items: readonly T[], cause: (item: T) => PodCause | undefined): PodCause | undefined {
  for (const item of items) {
    const found = cause(item);
    if (found) return found;
  }
  return undefined;
}

function missingConfigMap(
  { name, keys }: ConfigMapReference,
  spec: unknown,
  found: ReadonlyMap<string, JsonObject>,
): PodCause | undefined {
  const configMap = found.get(name);
  if (!configMap) {
    const names = naming(namingField(spec, 'ConfigMap', name));
    return {
      reason: 'ConfigMapNotFound',
      said: `ConfigMap ${name}${names} does not exist in this namespace: create it`,
      certain: false,
    };
  }
  const [data, binaryData] = [objectOf(configMap['data']), objectOf(configMap['binaryData'])];
  const key = keys.find((each) => !Object.hasOwn(data, each) && !Object.hasOwn(binaryData, each));
  if (key === undefined) return undefined;
  const names = naming(namingField(spec, 'ConfigMap', name, key));
  return {
    reason: 'ConfigMapKeyNotFound',
    said: `ConfigMap ${name}${names} has no key ${foreignText(key, 253)}: add it`,
    certain: false,
  };
}

function missingClaim(
  name: string,
  spec: unknown,
  found: ReadonlyMap<string, JsonObject>,
): PodCause | undefined {
  const names = naming(namingField(spec, 'PersistentVolumeClaim', name));
  const claim = found.get(name);
  if (!claim) {
    return {
      reason: 'ClaimNotFound',
      said: `PersistentVolumeClaim ${name}${names} does not exist in this namespace: create it`,
      certain: false,
    };
  }
  const { phase } = objectOf(claim['status']);
  if (phase !== 'Pending' && phase !== 'Lost') return undefined;
  const { storageClassName, volumeName } = objectOf(claim['spec']);
  const storageClass = foreignText(storageClassName, 100);
  const lost = `has lost its volume ${foreignText(volumeName, 100)}`;
  const pending = `has no volume yet (storage class ${storageClass || 'not set'})`;
  return {
    reason: phase === 'Lost' ? 'ClaimLost' : 'ClaimPending',
    said: `PersistentVolumeClaim ${name}${names} ${phase === 'Lost' ? lost : pending}`,
    certain: phase === 'Lost',
  };
}

const naming = (field: string | undefined): string => (field === undefined ? '' : `, which ${field} names,`);

/** Names of the Secrets that are volumes of a pod: the kubelet waits for each, and says so in no status. */
export const secretVolumes = (volumes: readonly JsonObject[]): string[] =>
  volumes.flatMap(({ secret }) => {
    if (!isObject(secret) || secret['optional'] === true) return [];
    const name = textOf(secret['secretName']);
    return name === '' ? [] : [name];
  });
