import type { ApiServer, WatchEvent } from '../api-server/api-server.ts';
import { ApiError } from '../api-server/errors.ts';
import type { Clock } from '../clock.ts';
import {
  clone,
  controllerOf,
  equal,
  finalizersOf,
  isObject,
  type JsonObject,
  type KubeObject,
  type StoredObject,
} from '../json.ts';
import { type ApplyStrategy, type LastWrite, manageChildren } from './children.ts';
import { claimChildren, selectorOf } from './claim.ts';
import { type CompositeController, groupKey, groupOf, readController } from './composite-controller.ts';
import { type Groups, InformerNotSynced, RelatedObjects } from './related-objects.ts';
import {
  answerReader,
  type CallHook,
  type HookAnswer,
  type HookName,
  type Reader,
  type RelatedRule,
  rulesReader,
  TooManyRequests,
  Webhook,
} from './webhook.ts';
import { WorkQueue } from './work-queue.ts';

const MANAGER = 'metacontroller';

/** One call of a hook. */
export interface Call {
  readonly time: number;
  readonly hook: HookName;
  readonly key: string;
  readonly request: JsonObject;
  /** What sync or finalize answered. Absent when the answer was not one to be used. */
  readonly answer?: HookAnswer;
  /** What customize answered. */
  readonly rules?: readonly RelatedRule[];
  readonly error?: string;
}

/** A warning event on a parent, which `kubectl describe` shows. */
export interface SyncError {
  readonly time: number;
  readonly key: string;
  readonly message: string;
}

export interface MetacontrollerOptions {
  readonly controller: JsonObject;
  readonly strategy: ApplyStrategy;
  /** The name under which server-side apply writes. */
  readonly fieldManager: string;
  readonly call: CallHook;
  /** How long a call takes; the world goes on meanwhile. 0: it stands still. */
  readonly callMilliseconds: number;
  /** From a change to the call about it. */
  readonly delayMilliseconds: number;
  /** Nothing is called until `process` is: for tests that decide themselves when Metacontroller's turn is. */
  readonly manual: boolean;
  /** How late the cache of related objects is, for kinds of which it has no other cache. 0: it is never late. */
  readonly staleMilliseconds: number;
  readonly onCall: (call: Call) => void;
  readonly onError: (error: SyncError) => void;
}

interface Sync {
  readonly key: string;
  readonly hook: 'sync' | 'finalize';
  readonly parent: StoredObject;
  readonly observed: readonly StoredObject[];
  readonly request: JsonObject;
}

/** Metacontroller 4.17 with one CompositeController. */
export class Metacontroller {
  private readonly queue: WorkQueue;
  private readonly controller: CompositeController;
  private readonly hooks: Record<'sync' | 'finalize', Webhook<HookAnswer>>;
  private readonly related: RelatedObjects | undefined;
  private readonly written = new Map<string, LastWrite>();
  private readonly api: ApiServer;
  private readonly clock: Clock;
  private readonly options: MetacontrollerOptions;
  private isStopped = false;
  private isAwake = false;

  constructor(api: ApiServer, clock: Clock, options: MetacontrollerOptions) {
    this.api = api;
    this.clock = clock;
    this.options = options;
    this.controller = readController(api, options.controller);
    const { isV2, usesEtag } = this.controller;
    const webhook = <T>(hook: HookName, reader: Reader<T>) =>
      new Webhook(hook, options.call, reader, {
        usesEtag: usesEtag(hook),
        isStrict: isV2(hook),
        now: () => clock.now(),
      });
    this.hooks = { sync: webhook('sync', answerReader), finalize: webhook('finalize', answerReader) };
    this.queue = new WorkQueue(clock, () => this.wake());
    if (this.controller.hasCustomize) {
      const customize = webhook('customize', rulesReader);
      this.related = new RelatedObjects(api, clock, this.controller, {
        staleMilliseconds: options.staleMilliseconds,
        asksOnEvents: !options.manual,
        ask: (parent) => this.askForRules(customize, parent),
        enqueue: (key) => this.queue.add(key),
      });
    }
    api.watch((event) => this.see(event));
    for (const parent of api.list(this.controller.parent.kind)) this.queue.add(keyOf(parent));
  }

  /** A stopped one ignores everything; calls in flight are lost. */
  stop(): void {
    this.isStopped = true;
    this.queue.stop();
  }

  /** Parents that wait for a call. */
  pending(): string[] {
    return this.queue.keys();
  }

  isIdle(): boolean {
    return this.queue.isIdle();
  }

  /** The request that a call for this parent would make now, or undefined when there would be none. */
  preview(key: string): { hook: string; request: JsonObject } | undefined {
    const parent = this.parent(key);
    if (!parent || !finalizersOf(parent).includes(this.controller.finalizer)) return undefined;
    const matches = selectorOf(parent, this.controller.generatesSelector);
    const { uid } = parent.metadata;
    const observed = this.controller.children.flatMap(({ kind }) =>
      this.api.ownedBy(uid).filter((child) => child.kind === kind && matches(child)),
    );
    return this.requestFor(key, parent, observed, this.related?.known(parent));
  }

  /** Syncs the next parent of the queue. */
  async process(wanted?: string): Promise<void> {
    const key = this.queue.take(wanted);
    if (key === undefined) return;
    try {
      const sync = await this.begin(key);
      if (!sync) return this.settle(key, undefined);
      const answer = await this.ask(sync);
      if (this.options.callMilliseconds === 0)
        return this.settle(
          key,
          this.tried(() => this.finish(sync, answer)),
        );
      this.clock.after(this.options.callMilliseconds, () => {
        if (!this.isStopped)
          this.settle(
            key,
            this.tried(() => this.finish(sync, answer)),
          );
      });
    } catch (error) {
      this.settle(key, error);
    }
  }

  private tried(act: () => void): unknown {
    try {
      act();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private wake(): void {
    if (this.options.manual || this.isAwake) return;
    this.isAwake = true;
    this.clock.after(this.options.delayMilliseconds, async () => {
      this.isAwake = false;
      if (this.isStopped) return;
      await this.process();
      if (this.queue.keys().length > 0) this.wake();
    });
  }

  private settle(key: string, error: unknown): void {
    if (error === undefined) this.queue.forget(key);
    else if (error instanceof TooManyRequests) this.queue.addAfter(key, error.afterSeconds * 1000);
    else if (error instanceof InformerNotSynced) this.queue.addRateLimited(key);
    // A mistake of the simulator's own must not pass for a sync error.
    else if (error instanceof TypeError || error instanceof RangeError || !(error instanceof Error))
      throw error;
    else {
      this.options.onError({ time: this.clock.now(), key, message: `Sync error: ${error.message}` });
      this.queue.addRateLimited(key);
    }
    this.queue.done(key);
  }

  private parent(key: string): StoredObject | undefined {
    const [namespace = '', name = ''] = key.split('/');
    const stored = this.api.get(this.controller.parent.kind, namespace, name);
    return stored && { ...stored, apiVersion: this.controller.parentVersion };
  }

  private async begin(key: string): Promise<Sync | undefined> {
    let parent = this.parent(key);
    if (!parent) return undefined;
    const { finalizer, hasFinalize, generatesSelector, children } = this.controller;
    if (finalizersOf(parent).includes(finalizer) !== hasFinalize && !(hasFinalize && isDeleted(parent))) {
      const wanted = hasFinalize
        ? [...finalizersOf(parent), finalizer]
        : finalizersOf(parent).filter((name) => name !== finalizer);
      parent = this.setFinalizers(parent, wanted);
    }
    const matches = selectorOf(parent, generatesSelector);
    const claimant = parent;
    const observed = children.flatMap(({ kind }) => claimChildren(this.api, claimant, kind, matches));
    const related = await this.related?.of(parent);
    return { parent, observed, ...this.requestFor(key, parent, observed, related) };
  }

  private setFinalizers(parent: StoredObject, finalizers: readonly string[]): StoredObject {
    const copy = clone(parent);
    if (finalizers.length > 0) copy.metadata['finalizers'] = [...finalizers];
    else delete copy.metadata['finalizers'];
    return this.api.update(copy, MANAGER);
  }

  private requestFor(
    key: string,
    parent: StoredObject,
    observed: readonly StoredObject[],
    related: Groups | undefined,
  ) {
    const hook: 'sync' | 'finalize' = this.controller.hasFinalize && isDeleted(parent) ? 'finalize' : 'sync';
    const children: JsonObject = {};
    for (const kind of this.controller.children) children[groupKey(kind)] = {};
    const isV2 = this.controller.isV2(hook);
    for (const child of observed) {
      const { namespace, name } = child.metadata;
      (children[groupKey(child)] as JsonObject)[isV2 ? `${namespace}/${name}` : name] = child;
    }
    const request: JsonObject = {
      controller: this.controller.object,
      parent,
      children,
      related: related ? asRelated(related, parent, isV2) : {},
      finalizing: hook === 'finalize',
    };
    return { key, hook, request };
  }

  private async askForRules(
    customize: Webhook<readonly RelatedRule[]>,
    parent: StoredObject,
  ): Promise<readonly RelatedRule[]> {
    const key = keyOf(parent);
    const request: JsonObject = { controller: this.controller.object, parent };
    const call = { time: this.clock.now(), hook: 'customize' as const, key, request };
    try {
      const rules = await customize.ask(key, request);
      this.options.onCall({ ...call, rules });
      return rules;
    } catch (error) {
      this.options.onCall({ ...call, error: String(error) });
      throw error;
    }
  }

  private async ask({ key, hook, request }: Sync): Promise<HookAnswer> {
    const call = { time: this.clock.now(), hook, key, request };
    try {
      const answer = await this.hooks[hook].ask(key, request);
      this.options.onCall({ ...call, answer });
      return answer;
    } catch (error) {
      this.options.onCall({ ...call, error: String(error) });
      throw error;
    }
  }

  private finish({ key, parent: asked, observed }: Sync, answer: HookAnswer): void {
    let parent = asked;
    const { finalizer, hasFinalize, generatesSelector, methodOf } = this.controller;
    if (answer.resyncAfterSeconds > 0) this.queue.addAfter(key, answer.resyncAfterSeconds * 1000);
    if (answer.finalized) {
      const fresh = this.fresh(parent);
      if (finalizersOf(fresh).includes(finalizer)) {
        parent = this.setFinalizers(
          fresh,
          finalizersOf(fresh).filter((name) => name !== finalizer),
        );
      }
    }
    const matches = selectorOf(parent, generatesSelector);
    const desired = answer.children.map((child) => this.labelled(parent, child));
    const stray = desired.find((child) => !matches(child));
    if (stray)
      throw new Error(
        `labels on desired child ${stray.kind} ${stray.metadata.name} don't match parent selector`,
      );
    const finalizers = finalizersOf(parent);
    const fightsGc = finalizers.includes('foregroundDeletion') || finalizers.includes('orphan');
    const manages = !isDeleted(parent) || (hasFinalize && finalizers.includes(finalizer) && !fightsGc);
    const failures = manages
      ? manageChildren(
          this.api,
          parent,
          observed,
          desired,
          { strategy: this.options.strategy, fieldManager: this.options.fieldManager, methodOf },
          this.written,
        )
      : [];
    this.writeStatus(parent, answer.status);
    if (failures.length > 0) {
      throw new Error(`can't reconcile children for ${parent.kind} ${key}: ${failures.join(', ')}`);
    }
  }

  private labelled(parent: StoredObject, child: KubeObject): KubeObject {
    const copy = clone(child);
    copy.metadata.namespace ??= parent.metadata.namespace;
    if (this.controller.generatesSelector) {
      const labels = isObject(copy.metadata['labels']) ? copy.metadata['labels'] : {};
      copy.metadata['labels'] = {
        ...labels,
        'controller-uid': labels['controller-uid'] ?? parent.metadata.uid,
      };
    }
    return copy;
  }

  private fresh(parent: StoredObject): StoredObject {
    const fresh = this.parent(keyOf(parent));
    if (fresh?.metadata.uid !== parent.metadata.uid || !fresh)
      throw new ApiError('NotFound', `${parent.kind} ${keyOf(parent)} not found`);
    return fresh;
  }

  private writeStatus(parent: StoredObject, answered: JsonObject): void {
    const status = { ...clone(answered), observedGeneration: Number(parent.metadata['generation'] ?? 0) };
    const fresh = this.parent(keyOf(parent));
    // The parent is gone, or another of its name has come.
    if (fresh?.metadata.uid !== parent.metadata.uid || !fresh) return;
    if (equal(fresh['status'], status)) return;
    this.api.updateStatus({ ...fresh, status }, MANAGER);
  }

  private see(event: WatchEvent): void {
    if (this.isStopped) return;
    const { object } = event;
    this.related?.see(event);
    if (object.kind === this.controller.parent.kind) {
      if (!this.isEcho(event)) this.queue.add(keyOf(object));
      return;
    }
    if (!this.controller.children.some(({ kind }) => kind === object.kind)) return;
    for (const key of this.parentsOf(event)) this.queue.add(key);
  }

  private isEcho({ type, object, before }: WatchEvent): boolean {
    if (type !== 'modified' || !before || !this.controller.ignoresStatus) return false;
    const unmoved = (field: string) => equal(before.metadata[field], object.metadata[field]);
    return unmoved('generation') && unmoved('labels') && unmoved('annotations') && !isDeleted(object);
  }

  private parentsOf({ type, object }: WatchEvent): string[] {
    const { parent, generatesSelector } = this.controller;
    const owner = controllerOf(object);
    if (owner) {
      if (owner.kind !== parent.kind || groupOf(owner.apiVersion) !== groupOf(parent.apiVersion)) return [];
      const key = `${object.metadata.namespace}/${owner.name}`;
      return this.parent(key)?.metadata.uid === owner.uid ? [key] : [];
    }
    if (type === 'deleted' || isDeleted(object)) return [];
    return this.api
      .list(parent.kind)
      .filter(({ metadata }) => metadata.namespace === object.metadata.namespace)
      .filter((candidate) => selectorOf(candidate, generatesSelector)(object))
      .map(keyOf);
  }
}

export const keyOf = ({ metadata }: KubeObject): string => `${metadata.namespace}/${metadata.name}`;

/**
 * The groups as a hook of this version gets them: v1 with names as keys, and without what is in other namespaces
 * (pkg/controller/common/api/v2/common.go, Convert).
 */
function asRelated(groups: Groups, parent: StoredObject, isV2: boolean): JsonObject {
  const related: JsonObject = {};
  for (const [group, objects] of groups) {
    const shown = objects.filter(({ metadata }) => isV2 || metadata.namespace === parent.metadata.namespace);
    related[group] = Object.fromEntries(
      shown.map((object) => [isV2 ? keyOf(object) : object.metadata.name, object]),
    );
  }
  return related;
}

const isDeleted = ({ metadata }: KubeObject): boolean => metadata['deletionTimestamp'] !== undefined;
