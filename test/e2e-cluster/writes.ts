import { isDeepStrictEqual } from 'node:util';
import type { ClusterObject } from './kubectl.ts';

/** How often the objects of a registry were written. */
export interface Writes {
  /** Of its status. */
  readonly status: number;
  /** Of its children: made, changed or deleted. What other controllers write to a child's status is not counted. */
  readonly children: number;
}

/** An event of a watch. */
export interface WatchEvent {
  readonly type: string;
  readonly object: ClusterObject;
}

/** Children have it, with the name of their registry. */
const REGISTRY_LABEL = 'toolhive.stacklok.io/registry-name';
/** Written to a Deployment by the controller of Deployments. */
const REVISION = 'deployment.kubernetes.io/revision';

/** What is watched: registries, and the kinds that each of them has children of. */
export const watchedPaths: readonly string[] = [
  '/apis/toolhive.stacklok.dev/v1alpha1/mcpregistries',
  '/api/v1/configmaps',
  '/api/v1/serviceaccounts',
  '/api/v1/services',
  '/apis/apps/v1/deployments',
  '/apis/rbac.authorization.k8s.io/v1/roles',
  '/apis/rbac.authorization.k8s.io/v1/rolebindings',
];

/** An object without what is written by others than those who made it: all that a write of a child can change. */
export function ownPart(object: ClusterObject): unknown {
  const { status: _, ...rest } = object;
  const { resourceVersion, generation, managedFields, annotations = {}, ...metadata } = object.metadata;
  const { [REVISION]: revision, ...own } = annotations;
  return { ...rest, metadata: { ...metadata, annotations: own } };
}

/**
 * Counts writes by the events of watches. The API server sends none for a write that changes nothing, and stores nothing for
 * it: what is counted is what etcd and everybody who watches have to bear.
 */
export class WriteCounter {
  readonly #seen = new Map<string, ClusterObject>();
  readonly #writes = new Map<string, { status: number; children: number }>();

  /** Takes an event in, of any of the watched kinds. */
  take({ type, object }: WatchEvent): void {
    if (type !== 'ADDED' && type !== 'MODIFIED' && type !== 'DELETED') return;
    const { uid, namespace = '', name, labels } = object.metadata;
    const before = this.#seen.get(uid);
    if (type === 'DELETED') this.#seen.delete(uid);
    else this.#seen.set(uid, object);
    if (object.kind === 'MCPRegistry') {
      if (type !== 'DELETED' && !isDeepStrictEqual(before?.status, object.status)) {
        this.#of(namespace, name).status += 1;
      }
      return;
    }
    const registry = labels?.[REGISTRY_LABEL] ?? before?.metadata.labels?.[REGISTRY_LABEL];
    if (registry === undefined) return;
    if (type !== 'MODIFIED' || !before || !isDeepStrictEqual(ownPart(before), ownPart(object))) {
      this.#of(namespace, registry).children += 1;
    }
  }

  /** The writes of a registry since the beginning. */
  of(namespace: string, name: string): Writes {
    return { ...this.#of(namespace, name) };
  }

  #of(namespace: string, name: string): { status: number; children: number } {
    const key = `${namespace}/${name}`;
    const found = this.#writes.get(key) ?? { status: 0, children: 0 };
    this.#writes.set(key, found);
    return found;
  }
}

/**
 * Watches a cluster through a proxy until it is told to stop.
 *
 * @throws a rejection, if a watch can't be started
 */
export async function countWrites(proxy: string, signal: AbortSignal): Promise<WriteCounter> {
  const counter = new WriteCounter();
  for (const path of watchedPaths) {
    const answer = await fetch(`${proxy}${path}?watch=1&timeoutSeconds=7200`, { signal });
    if (!answer.ok || !answer.body) throw new Error(`watching ${path}: ${answer.status}`);
    // Ends with the signal.
    follow(answer.body, counter).catch(() => {});
  }
  return counter;
}

async function follow(body: ReadableStream<Uint8Array>, counter: WriteCounter): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') counter.take(JSON.parse(line) as WatchEvent);
  }
}
