import type { ApiServer } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import {
  clone,
  equal,
  goJson,
  isObject,
  type JsonObject,
  type KubeObject,
  objectAt,
  type StoredObject,
  stringAt,
} from '../json.ts';
import { MergeError, threeWayMerge } from './three-way-merge.ts';

export const LAST_APPLIED = 'metacontroller.k8s.io/last-applied-configuration';
const MANAGER = 'metacontroller';

export type ApplyStrategy = 'dynamic-apply' | 'server-side-apply';
export type UpdateMethod = 'OnDelete' | 'Recreate' | 'InPlace' | 'RollingRecreate' | 'RollingInPlace';

export interface ChildrenOptions {
  readonly strategy: ApplyStrategy;
  /** The name under which server-side apply writes: the flag `--apply-strategy-ssa-field-manager`. */
  readonly fieldManager: string;
  readonly methodOf: (kind: string) => UpdateMethod;
}

/** What server-side apply remembers of its last write of a child, to spare itself a next one. */
export interface LastWrite {
  readonly desired: string;
  readonly uid: string;
  readonly generation: number;
  readonly resourceVersion: string;
}

export const childId = ({ kind, metadata }: KubeObject): string =>
  `${kind} ${metadata.namespace} ${metadata.name}`;

/** Metadata that only the API server writes: what a hook says about it is passed over. */
const systemFields = [
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
] as const;

/**
 * Makes the observed children the desired ones: deletes what is not desired, creates and updates the rest, by
 * group, version and kind. What fails does not hold back the others.
 *
 * @returns what failed, in the words that reach the event
 */
export function manageChildren(
  api: ApiServer,
  parent: StoredObject,
  observed: readonly StoredObject[],
  desired: readonly KubeObject[],
  options: ChildrenOptions,
  written: Map<string, LastWrite>,
): string[] {
  const failures: string[] = [];
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof MergeError)) throw error;
      failures.push(error.message);
    }
  };
  const wanted = new Set(desired.map(childId));
  for (const child of [...observed].sort(byGroupVersionKind)) {
    if (child.metadata['deletionTimestamp'] !== undefined || wanted.has(childId(child))) continue;
    attempt(() => deleteChild(api, child, written));
  }
  const known = new Map(observed.map((child) => [childId(child), child]));
  // Of two desired children with one name the last counts.
  const unique = new Map(desired.map((child) => [childId(child), child]));
  for (const child of [...unique.values()].sort(byGroupVersionKind)) {
    const current = known.get(childId(child));
    attempt(() => {
      if (options.strategy === 'server-side-apply') applyChild(api, parent, current, child, options, written);
      else mergeChild(api, parent, current, child, options);
    });
  }
  return failures;
}

const byGroupVersionKind = (left: KubeObject, right: KubeObject): number => {
  const [a, b] = [sortKey(left), sortKey(right)];
  return a < b ? -1 : a > b ? 1 : 0;
};

const sortKey = ({ apiVersion, kind, metadata }: KubeObject): string => {
  const parts = apiVersion.split('/');
  return [parts.length === 1 ? '' : parts[0], parts.at(-1), kind, metadata.name].join('\u0000');
};

function deleteChild(api: ApiServer, child: StoredObject, written: Map<string, LastWrite>): void {
  const { namespace, name, uid } = child.metadata;
  swallow(['NotFound'], () => api.delete(child.kind, namespace, name, MANAGER, { uid }));
  written.delete(childId(child));
}

function swallow(reasons: readonly string[], act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof ApiError) || !reasons.includes(error.reason)) throw error;
  }
}

export const controllerRef = (parent: StoredObject) => ({
  apiVersion: parent.apiVersion,
  kind: parent.kind,
  name: parent.metadata.name,
  uid: parent.metadata.uid,
  controller: true,
  blockOwnerDeletion: true,
});

function claimed(parent: StoredObject, child: KubeObject): KubeObject {
  const owners = (child.metadata['ownerReferences'] ?? []) as JsonObject[];
  if (owners.some((owner) => owner['uid'] === parent.metadata.uid)) return child;
  return { ...child, metadata: { ...child.metadata, ownerReferences: [...owners, controllerRef(parent)] } };
}

function mergeChild(
  api: ApiServer,
  parent: StoredObject,
  observed: StoredObject | undefined,
  desired: KubeObject,
  { methodOf }: ChildrenOptions,
): void {
  if (!observed) {
    swallow(['AlreadyExists'], () => void api.create(claimed(parent, noted(desired, desired)), MANAGER));
    return;
  }
  const updated = updateOf(observed, desired);
  if (equal(updated, observed) || observed.metadata['deletionTimestamp'] !== undefined) return;
  const { namespace, name, uid } = observed.metadata;
  switch (methodOf(desired.kind)) {
    case 'OnDelete':
      return;
    case 'Recreate':
    case 'RollingRecreate':
      swallow(['NotFound'], () => api.delete(observed.kind, namespace, name, MANAGER, { uid }));
      return;
    default:
      // Not found: it was deleted meanwhile; conflict: it was changed, and the next sync sees it.
      swallow(['NotFound', 'Conflict'], () => void api.update(updated, MANAGER));
  }
}

/** The observed child with the desired one merged in, as dynamic apply would write it. */
export function updateOf(observed: StoredObject, desired: KubeObject): StoredObject {
  const wanted = withoutNote(desired);
  const merged = threeWayMerge(observed, lastAppliedOf(observed), wanted) as StoredObject;
  for (const field of systemFields) restore(merged.metadata, observed.metadata, field);
  restore(merged, observed, 'status');
  return noted(merged, wanted) as StoredObject;
}

/** @throws MergeError for a note that is no JSON object */
function lastAppliedOf(observed: StoredObject): JsonObject | undefined {
  const text = stringAt(observed, 'metadata', 'annotations', LAST_APPLIED);
  if (!text) return undefined;
  try {
    const note: unknown = JSON.parse(text);
    if (note === null) return undefined;
    if (typeof note === 'object' && !Array.isArray(note)) return note as JsonObject;
  } catch {
    // Reported below.
  }
  throw new MergeError(`can't unmarshal "${LAST_APPLIED}" annotation`);
}

function restore(target: JsonObject, source: JsonObject, field: string): void {
  if (source[field] === undefined) delete target[field];
  else target[field] = clone(source[field]);
}

function noted(target: KubeObject, applied: KubeObject): KubeObject {
  const copy = clone(target);
  copy.metadata['annotations'] = {
    ...objectAt(copy, 'metadata', 'annotations'),
    [LAST_APPLIED]: goJson(applied),
  };
  return copy;
}

function withoutNote(object: KubeObject): KubeObject {
  const annotations = object.metadata['annotations'];
  if (!isObject(annotations) || annotations[LAST_APPLIED] === undefined) return object;
  const { [LAST_APPLIED]: _, ...rest } = annotations;
  const metadata = { ...object.metadata };
  if (Object.keys(rest).length > 0) metadata['annotations'] = rest;
  else delete metadata['annotations'];
  return { ...object, metadata };
}

function applyChild(
  api: ApiServer,
  parent: StoredObject,
  observed: StoredObject | undefined,
  child: KubeObject,
  { methodOf, fieldManager }: ChildrenOptions,
  written: Map<string, LastWrite>,
): void {
  if (observed?.metadata['deletionTimestamp'] !== undefined) return;
  const { status: _, ...rest } = withoutNote(claimed(parent, child));
  const desired = { ...rest, metadata: { ...rest.metadata } } as KubeObject;
  for (const field of systemFields) delete desired.metadata[field];
  const text = goJson(desired);
  const id = childId(desired);
  if (observed) {
    if (isRemembered(written.get(id), observed, text)) return;
    const method = methodOf(desired.kind);
    if (method === 'OnDelete') return;
    if (method !== 'InPlace' && method !== 'RollingInPlace')
      throw new MergeError(`the simulator has no ${method} under server-side apply`);
    if (stringAt(observed, 'metadata', 'annotations', LAST_APPLIED) !== undefined) {
      const { namespace, name } = observed.metadata;
      api.edit(observed.kind, namespace, name, MANAGER, ({ metadata }) => {
        const annotations = objectAt(metadata, 'annotations');
        delete annotations[LAST_APPLIED];
        if (Object.keys(annotations).length === 0) delete metadata['annotations'];
      });
    }
  }
  const stored = api.apply(desired, fieldManager);
  const { uid, resourceVersion } = stored.metadata;
  written.set(id, { desired: text, uid, generation: generationOf(stored), resourceVersion });
}

const generationOf = ({ metadata }: StoredObject): number => Number(metadata['generation'] ?? 0);

function isRemembered(last: LastWrite | undefined, observed: StoredObject, desired: string): boolean {
  if (!last || last.uid !== observed.metadata.uid || last.desired !== desired) return false;
  const generation = generationOf(observed);
  return (
    generation === last.generation &&
    (generation !== 0 || last.resourceVersion === observed.metadata.resourceVersion)
  );
}
