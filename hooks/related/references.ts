import { isObject, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts';

/** A ConfigMap, or a key of one, that a pod does not start without. */
export interface ConfigMapReference {
  readonly name: string;
  /** The keys that it has to have; none if it only has to be there. */
  readonly keys: readonly string[];
}

/** What a pod needs of its namespace by name. Secrets are not among it: nobody but the kubelet may read them. */
export interface References {
  readonly configMaps: readonly ConfigMapReference[];
  /** Names of PersistentVolumeClaims. */
  readonly claims: readonly string[];
}

/**
 * The ConfigMaps and PersistentVolumeClaims that a pod does not start without, each once, in the order of the pod.
 *
 * @param spec of a pod that the API server would accept
 * @param own the name of the ConfigMap that belongs to the registry
 */
export function referencesOf(spec: unknown, own: string): References {
  const pod = objectOf(spec);
  const volumes = objectsOf(pod['volumes']);
  const containers = [...objectsOf(pod['initContainers']), ...objectsOf(pod['containers'])];
  const named = [
    ...volumes.flatMap(configMapsOfVolume),
    ...containers.flatMap(({ env }) => objectsOf(env)).flatMap(configMapOfVariable),
    ...containers.flatMap(({ envFrom }) => objectsOf(envFrom)).flatMap(configMapOfVariables),
  ];
  const keys = new Map<string, Set<string>>();
  for (const { name, keys: more } of named) {
    if (name === own || name === '') continue;
    const known = keys.get(name) ?? new Set();
    for (const key of more) known.add(key);
    keys.set(name, known);
  }
  const claims = volumes.map((volume) => textOf(objectOf(volume['persistentVolumeClaim'])['claimName']));
  return {
    configMaps: [...keys].map(([name, needed]) => ({ name, keys: [...needed] })),
    claims: [...new Set(claims.filter((name) => name !== ''))],
  };
}

const configMapsOfVolume = ({ configMap, projected }: JsonObject): ConfigMapReference[] => [
  ...configMapOf(configMap),
  ...objectsOf(objectOf(projected)['sources']).flatMap((source) => configMapOf(source['configMap'])),
];

/** @param source a ConfigMapVolumeSource or a ConfigMapProjection; undefined for a volume of another kind */
function configMapOf(source: unknown): ConfigMapReference[] {
  if (!isObject(source) || source['optional'] === true) return [];
  return [{ name: textOf(source['name']), keys: objectsOf(source['items']).map(({ key }) => textOf(key)) }];
}

function configMapOfVariable({ valueFrom }: JsonObject): ConfigMapReference[] {
  const ref = objectOf(valueFrom)['configMapKeyRef'];
  if (!isObject(ref) || ref['optional'] === true) return [];
  return [{ name: textOf(ref['name']), keys: [textOf(ref['key'])] }];
}

function configMapOfVariables({ configMapRef: ref }: JsonObject): ConfigMapReference[] {
  if (!isObject(ref) || ref['optional'] === true) return [];
  return [{ name: textOf(ref['name']), keys: [] }];
}
