import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import { finalizersOf, ownersOf, type StoredObject } from '../json.ts';
import type { Workloads } from './workloads.ts';

const MANAGER = 'kube-controller-manager';
/** From an owner's deletion to the collector's turn. */
const LOOK = 10;
/** Between two looks at the pods of a Deployment that is deleted in the foreground. */
const DEPENDENTS = 50;
/** From a write that was refused to the next try. */
const RETRY = 5000;
/** How long a Service's endpoints outlive it. */
const ENDPOINTS = 30;

/** Deletes what lost its owner, and carries out foreground and orphan deletion. */
export class GarbageCollector {
  private readonly api: ApiServer;
  private readonly clock: Clock;
  private readonly workloads: Workloads;
  private readonly draining = new Set<string>();

  constructor(api: ApiServer, clock: Clock, workloads: Workloads) {
    this.api = api;
    this.clock = clock;
    this.workloads = workloads;
    api.watch((event) => this.see(event));
  }

  private see({ type, object }: WatchEvent): void {
    // Pods come and go with their ReplicaSets, which are no objects.
    if (object.kind === 'Pod') return;
    const { uid } = object.metadata;
    if (type === 'deleted') {
      this.soon(() => this.collect(uid));
      for (const owner of ownersOf(object))
        this.soon(() => this.finishForeground(object.metadata.namespace, owner));
      return;
    }
    if (type === 'added' && ownersOf(object).length > 0) this.soon(() => this.checkOwners(object));
    if (object.metadata['deletionTimestamp'] === undefined) return;
    const finalizers = finalizersOf(object);
    if (finalizers.includes('orphan')) this.soon(() => this.orphan(object));
    else if (finalizers.includes('foregroundDeletion')) this.soon(() => this.foreground(object));
  }

  private soon(act: () => void, milliseconds = LOOK): void {
    this.clock.after(milliseconds, () => {
      try {
        act();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // What is gone needs nothing more; what was refused or changed meanwhile is tried again.
        if (error.reason !== 'NotFound') this.soon(act, RETRY);
      }
    });
  }

  private collect(uid: string): void {
    for (const dependent of this.api.ownedBy(uid)) {
      const { namespace, name } = dependent.metadata;
      const others = ownersOf(dependent).filter((owner) => owner.uid !== uid);
      if (others.length === 0)
        this.api.delete(dependent.kind, namespace, name, MANAGER, { uid: dependent.metadata.uid });
      else
        this.api.edit(dependent.kind, namespace, name, MANAGER, ({ metadata }) => {
          metadata['ownerReferences'] = others;
        });
    }
  }

  /** An object that is made for an owner that is gone already. */
  private checkOwners(object: StoredObject): void {
    const { namespace } = object.metadata;
    const isGone = ownersOf(object).every(
      ({ kind, name, uid }) => this.api.get(kind, namespace, name)?.metadata.uid !== uid,
    );
    if (isGone && this.current(object))
      this.api.delete(object.kind, namespace, object.metadata.name, MANAGER, { uid: object.metadata.uid });
  }

  private current({ kind, metadata }: StoredObject): StoredObject | undefined {
    const now = this.api.get(kind, metadata.namespace, metadata.name);
    return now?.metadata.uid === metadata.uid ? now : undefined;
  }

  private orphan(owner: StoredObject): void {
    const { uid } = owner.metadata;
    for (const dependent of this.api.ownedBy(uid)) {
      this.api.edit(
        dependent.kind,
        dependent.metadata.namespace,
        dependent.metadata.name,
        MANAGER,
        (object) => {
          const left = ownersOf(object).filter((reference) => reference.uid !== uid);
          if (left.length > 0) object.metadata['ownerReferences'] = left;
          else delete object.metadata['ownerReferences'];
        },
      );
    }
    this.soon(() => this.removeFinalizer(owner, 'orphan'));
  }

  /** Dependents first; those that have dependents of their own in the foreground as well. */
  private foreground(owner: StoredObject): void {
    const { kind, metadata } = owner;
    if (kind === 'Deployment') {
      if (!this.draining.has(metadata.uid)) this.drain(owner);
      return;
    }
    if (kind === 'Service') {
      this.soon(() => this.removeFinalizer(owner, 'foregroundDeletion'), ENDPOINTS);
      return;
    }
    for (const dependent of this.api.ownedBy(metadata.uid)) {
      if (dependent.metadata['deletionTimestamp'] !== undefined) continue;
      const propagation = ['Deployment', 'Service'].includes(dependent.kind) ? 'Foreground' : 'Background';
      const { namespace, name, uid } = dependent.metadata;
      this.api.delete(dependent.kind, namespace, name, MANAGER, { propagation, uid });
    }
    if (this.api.ownedBy(metadata.uid).length === 0) this.removeFinalizer(owner, 'foregroundDeletion');
  }

  private drain(deployment: StoredObject): void {
    const { namespace, name, uid } = deployment.metadata;
    this.draining.add(uid);
    this.soon(() => {
      if (this.current(deployment) && !this.workloads.drain(namespace, name)) {
        this.drain(deployment);
        return;
      }
      this.draining.delete(uid);
      this.removeFinalizer(deployment, 'foregroundDeletion');
    }, DEPENDENTS);
  }

  private finishForeground(namespace: string, owner: { kind: string; name: string; uid: string }): void {
    const found = this.api.get(owner.kind, namespace, owner.name);
    if (found?.metadata.uid !== owner.uid || !finalizersOf(found).includes('foregroundDeletion')) return;
    if (this.api.ownedBy(owner.uid).length === 0) this.removeFinalizer(found, 'foregroundDeletion');
  }

  private removeFinalizer(object: StoredObject, finalizer: string): void {
    if (!finalizersOf(this.current(object) ?? object).includes(finalizer) || !this.current(object)) return;
    this.api.edit(object.kind, object.metadata.namespace, object.metadata.name, MANAGER, ({ metadata }) => {
      const left = finalizersOf({ ...object, metadata }).filter((name) => name !== finalizer);
      if (left.length > 0) metadata['finalizers'] = left;
      else delete metadata['finalizers'];
    });
  }
}
