import { isObject, type JsonObject } from '../json.ts';
import { isFreeMap, isQuantity, isQuantityMap } from './field-kinds.ts';
import { canonicalQuantity } from './quantity.ts';

/**
 * A pod template as the API server stores it: without values that mean the same as no value, and with canonical
 * quantities. Metacontroller updates a child on every sync if its stored form differs from the desired one
 * (docs/design.md, "Apply").
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
const emptyIsPresent: ReadonlySet<string> = new Set([
  'storageClassName',
  'volumeAttributesClassName',
  'name',
]);

function canonical(value: unknown, field: string): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item, field === 'volumes' ? 'volume' : ''));
  if (!isObject(value)) return value;
  // The schema, against which the template is valid, has a string or a number for each quantity.
  if (isQuantityMap(field)) {
    return fromEntries(value, (name, item) => [[name, canonicalQuantity(item as string)]]);
  }
  if (isFreeMap(field)) return value;
  const entries = fromEntries(value, (name, item) => {
    if (isAbsent(name, item)) return [];
    // A string or a number here too.
    if (isQuantity(name)) return [[name, canonicalQuantity(item as string)]];
    return [[name, canonical(item, name)]];
  });
  return withDefaults(field, entries);
}

/**
 * Defaults that have to be in the desired template, because a merge would otherwise remove them. `serviceAccount` is the
 * deprecated name of `serviceAccountName`; the API server derives it.
 */
function withDefaults(field: string, { serviceAccount: _, ...entries }: Record<string, unknown>) {
  if (field === 'fieldRef') return { apiVersion: 'v1', ...entries };
  if (field === 'serviceAccountToken') return { expirationSeconds: 3600, ...entries };
  if (field === 'resourceFieldRef') return { divisor: '0', ...entries };
  if (field === 'volume' && Object.keys(entries).length === 1) return { ...entries, emptyDir: {} };
  return entries;
}

function isAbsent(name: string, value: unknown): boolean {
  if (value === null || name === 'creationTimestamp') return true;
  if (value === false) return falseIsAbsent.has(name);
  if (value === 0) return zeroIsAbsent.has(name);
  if (value === '') return !emptyIsPresent.has(name);
  if (Array.isArray(value)) return value.length === 0;
  // The schema has an object for each of these fields.
  return (isFreeMap(name) || isQuantityMap(name)) && Object.keys(value as JsonObject).length === 0;
}

type Entry = readonly [string, unknown];

const fromEntries = (object: JsonObject, map: (name: string, value: unknown) => readonly Entry[]) =>
  Object.fromEntries(Object.entries(object).flatMap(([name, value]) => map(name, value)));
