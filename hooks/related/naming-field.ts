import { isObject, type JsonObject } from '../json.ts';

/** The kinds that a spec names objects of. */
export type NamedKind = 'ConfigMap' | 'PersistentVolumeClaim' | 'Secret';

/** The field of a reference that holds the name of the object, by the name of the reference. */
const nameFields: Readonly<Record<NamedKind, ReadonlyMap<string, string>>> = {
  ConfigMap: new Map([
    ...['configMapRef', 'configMapKeyRef', 'configMap', 'configmap', 'caCertRef'].map(named),
  ]),
  PersistentVolumeClaim: new Map([
    ['pvcRef', 'claimName'],
    ['persistentVolumeClaim', 'claimName'],
  ]),
  Secret: new Map([
    ['secret', 'secretName'],
    ...['secretKeyRef', 'secretRef', 'pgpassSecretRef', 'passwordSecretRef'].map(named),
    ...['dbAppUserPasswordSecretRef', 'dbMigrationUserPasswordSecretRef'].map(named),
    ...['clientSecretRef', 'authTokenRef'].map(named),
  ]),
};

function named(reference: string): [string, string] {
  return [reference, 'name'];
}

/**
 * The first field of a spec that names an object, in the order of the spec.
 *
 * @param spec a valid one: its depth and its number of values are bounded
 * @param key one of the object that the reference has to name as well, if it names any
 * @returns as `kubectl explain` writes it, with indexes: `spec.sources[0].configMapRef`; undefined if none does
 */
export function namingField(spec: unknown, kind: NamedKind, name: string, key?: string): string | undefined {
  const references = nameFields[kind];
  const isNamed = (reference: unknown, nameField: string | undefined) =>
    nameField !== undefined &&
    isObject(reference) &&
    reference[nameField] === name &&
    (key === undefined || reference['key'] === undefined || reference['key'] === key);
  const search = (value: unknown, path: string): string | undefined => {
    for (const [field, inner] of partsOf(value)) {
      const below = Array.isArray(value) ? `${path}[${field}]` : `${path}.${field}`;
      const found = isNamed(inner, references.get(field)) ? below : search(inner, below);
      if (found !== undefined) return found;
    }
    return undefined;
  };
  return search(spec, 'spec');
}

/** The fields of an object or the items of a list; none of anything else. */
const partsOf = (value: unknown): readonly [string, unknown][] =>
  isObject(value) || Array.isArray(value) ? Object.entries(value as JsonObject) : [];
