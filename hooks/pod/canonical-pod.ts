import { isObject, type JsonObject } from '../json.ts';
import { mapSorted, sortKeys } from '../text/canonical-json.ts';
import { isFreeMap, isQuantity, isQuantityMap } from './field-kinds.ts';
import { canonicalQuantity } from './quantity.ts';

/**
 * A pod template as the API server stores it: without values that mean the same as no value, with canonical
 * quantities, and with sorted keys. Metacontroller updates a child on every sync if its stored form differs from the
 * desired one (docs/design.md, "Apply").
 *
 * @param template valid against the schema of a PodTemplateSpec
 */
export function canonicalPod<T>(template: T): T {
  // It keeps the shape: it only removes optional fields, fills in defaults and rewrites quantities.
  return canonical(template, '') as T;
}

/** Only fields for which the API does not distinguish false, or 0, from absence. */
const falseIsAbsent: ReadonlySet<string> = new Set([
  ...['hostNetwork', 'hostPID', 'hostIPC', 'stdin', 'stdinOnce', 'tty', 'readOnly'],
  ...['chapAuthDiscovery', 'chapAuthSession', 'sslEnabled'],
]);
const zeroIsAbsent: ReadonlySet<string> = new Set([
  ...[
    'hostPort',
    'partition',
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ],
]);
/** `serviceAccount` is the deprecated name of `serviceAccountName`. The API server derives it, and sets the other one. */
const alwaysAbsent: ReadonlySet<string> = new Set(['creationTimestamp', 'serviceAccount']);
const emptyIsPresent: ReadonlySet<string> = new Set([
  'storageClassName',
  'volumeAttributesClassName',
  'name',
]);

function canonical(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, field === 'volumes' ? 'volume' : ''));
  if (!isObject(value)) return value;
  // The schema, against which the template is valid, has a string or a number for each quantity.
  if (isQuantityMap(field)) return mapSorted(value, (item) => canonicalQuantity(item as string));
  if (isFreeMap(field)) return sortKeys(value);
  return withDefaults(field, mapSorted(value, canonicalField));
}

function canonicalField(value: unknown, name: string): unknown {
  if (isAbsent(name, value)) return undefined;
  // A string or a number here too.
  return isQuantity(name) ? canonicalQuantity(value as string) : canonical(value, name);
}

/** Defaults that have to be in the desired template, because a merge would otherwise remove them. */
function withDefaults(field: string, value: JsonObject): JsonObject {
  if (field === 'fieldRef') return sortKeys({ apiVersion: 'v1', ...value });
  if (field === 'serviceAccountToken') return sortKeys({ expirationSeconds: 3600, ...value });
  if (field === 'resourceFieldRef') return sortKeys({ divisor: '0', ...value });
  if (field === 'volume' && Object.keys(value).length === 1) return sortKeys({ ...value, emptyDir: {} });
  return value;
}

function isAbsent(name: string, value: unknown): boolean {
  if (value === null || alwaysAbsent.has(name)) return true;
  if (value === false) return falseIsAbsent.has(name);
  if (value === 0) return zeroIsAbsent.has(name);
  if (value === '') return !emptyIsPresent.has(name);
  if (Array.isArray(value)) return value.length === 0;
  // The schema has an object for each of these fields.
  return (isFreeMap(name) || isQuantityMap(name)) && Object.keys(value as JsonObject).length === 0;
}
