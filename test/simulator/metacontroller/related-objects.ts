import type { ApiServer, Kind, WatchEvent } from '../api-server/api-server.ts';
import type { Clock } from '../clock.ts';
import { isObject, type Json, type JsonObject, listAt, objectAt, type StoredObject } from '../json.ts';
import { type CompositeController, groupKey, groupOf } from './composite-controller.ts';
import type { RelatedRule } from './webhook.ts';

/** Related objects by the key of their group; a group is there when it is empty. */
export type Groups = ReadonlyMap<string, readonly StoredObject[]>;

/** A cache that was just begun: Metacontroller tries again at once, and says nothing. */
export class InformerNotSynced extends Error {
  constructor() {
    super('related informer not synced yet');
  }
}

/** How long an answer of the customize hook is kept for a generation of a parent. */
const KEPT = 20 * 60_000;
/** From the begin of a cache to its first list. */
const FIRST_LIST = 1;

interface Informer {
  readonly kind: Kind;
  isSynced: boolean;
  /** What a cache that is late shows; undefined for one that is never late. */
  readonly late: Map<string, StoredObject> | undefined;
}

export interface RelatedOptions {
  readonly staleMilliseconds: number;
  /** Whether an event of a related object may call the hook, for parents of which no answer is kept. */
  readonly asksOnEvents: boolean;
  readonly ask: (parent: StoredObject) => Promise<readonly RelatedRule[]>;
  readonly enqueue: (key: string) => void;
}

/**
 * The manager of the customize hook (metacontroller: pkg/controller/common/customize/manager.go): whom it asks and for
 * how long it remembers, which objects a parent is shown, and which parents an event of such an object calls for.
 */
export class RelatedObjects {
  private readonly answers = new Map<
    string,
    { readonly rules: readonly RelatedRule[]; readonly until: number }
  >();
  private readonly informers = new Map<string, Informer>();
  private readonly api: ApiServer;
  private readonly clock: Clock;
  private readonly controller: CompositeController;
  private readonly options: RelatedOptions;

  constructor(api: ApiServer, clock: Clock, controller: CompositeController, options: RelatedOptions) {
    this.api = api;
    this.clock = clock;
    this.controller = controller;
    this.options = options;
  }

  /**
   * The related objects of a parent; asks the hook where no answer is kept.
   *
   * @throws InformerNotSynced where a kind is asked for the first time; an Error for a rule that is refused, or whatever
   *   the call throws
   */
  async of(parent: StoredObject): Promise<Groups> {
    return this.groups(parent, await this.rules(parent));
  }

  /** The same without a call: nothing where no answer is kept, or a cache is not ready. */
  known(parent: StoredObject): Groups {
    const rules = this.kept(parent) ?? [];
    const isReady = rules.every(({ apiVersion, resource }) => {
      const { kind } = this.api.kindOf(apiVersion, resource);
      return this.informers.get(kind)?.isSynced === true;
    });
    return isReady ? this.groups(parent, rules) : new Map();
  }

  see({ type, object, before }: WatchEvent): void {
    const informer = this.informers.get(object.kind);
    if (!informer?.isSynced) return;
    const act = () => {
      const id = `${object.metadata.namespace}/${object.metadata.name}`;
      if (type === 'deleted') informer.late?.delete(id);
      else informer.late?.set(id, object);
      this.notify(informer.kind, before ? [before, object] : [object]);
    };
    if (informer.late) this.clock.after(this.options.staleMilliseconds, act);
    else act();
  }

  private kept({ metadata }: StoredObject): readonly RelatedRule[] | undefined {
    const answer = this.answers.get(idOf(metadata));
    return answer && answer.until > this.clock.now() ? answer.rules : undefined;
  }

  private async rules(parent: StoredObject): Promise<readonly RelatedRule[]> {
    const kept = this.kept(parent);
    if (kept) return kept;
    const rules = await this.options.ask(parent);
    this.answers.set(idOf(parent.metadata), { rules, until: this.clock.now() + KEPT });
    return rules;
  }

  private groups(parent: StoredObject, rules: readonly RelatedRule[]): Groups {
    const groups = new Map<string, StoredObject[]>();
    for (const rule of rules) {
      const { kind } = this.api.kindOf(rule.apiVersion, rule.resource);
      const all = this.list(kind);
      const isWanted = this.matcher(parent, rule);
      const key = groupKey({ kind, apiVersion: rule.apiVersion });
      const group = groups.get(key) ?? [];
      groups.set(key, group);
      for (const object of all) {
        if (isWanted(object)) group.push({ ...object, apiVersion: rule.apiVersion });
      }
    }
    return groups;
  }

  /**
   * What one rule wants of the objects of its kind.
   *
   * @throws Error for a rule that is refused
   */
  private matcher(parent: StoredObject, rule: RelatedRule): (object: StoredObject) => boolean {
    const { namespace = '', names = [], labelSelector } = rule;
    const own = parent.metadata.namespace;
    if (rule['namespaceSelector'] !== undefined)
      throw new Error('the simulator knows no namespaceSelector in related rules');
    if (names.length > 0 && labelSelector !== undefined)
      throw new Error('related rule cannot have both names and labelSelector/namespaceSelector specified');
    const isV1 = !this.controller.isV2('customize');
    if (isV1 && namespace !== '' && namespace !== own)
      throw new Error(
        `requested related object namespace ${namespace} differs from parent object namespace ${own}`,
      );
    const wanted = isV1 ? own : namespace;
    const matches = selector(labelSelector);
    return ({ metadata }) =>
      (wanted === '' || metadata.namespace === wanted) &&
      (names.length === 0 || names.includes(metadata.name)) &&
      matches(metadata['labels']);
  }

  /** The cache of a kind. A kind of which there are parents or children has its cache already, and shares it. */
  private list(kind: string): readonly StoredObject[] {
    const known = this.informers.get(kind);
    const informer = known ?? this.begin(kind);
    if (!informer.isSynced) throw new InformerNotSynced();
    return informer.late ? [...informer.late.values()] : this.api.list(kind);
  }

  private begin(name: string): Informer {
    const { parent, children } = this.controller;
    const kind = this.api.kind(name);
    const isShared = [parent, ...children].some((each) => each.kind === name);
    const isLate = !isShared && this.options.staleMilliseconds > 0;
    const informer: Informer = { kind, isSynced: isShared, late: isLate ? new Map() : undefined };
    this.informers.set(name, informer);
    this.clock.after(FIRST_LIST, () => {
      informer.isSynced = true;
      const objects = this.api.list(name);
      for (const object of objects)
        informer.late?.set(`${object.metadata.namespace}/${object.metadata.name}`, object);
      // Whoever joins a cache is told of all that is in it.
      if (objects.length > 0) this.notify(kind, objects);
    });
    return informer;
  }

  private notify(kind: Kind, objects: readonly StoredObject[]): void {
    const unknown: StoredObject[] = [];
    for (const parent of this.parents()) {
      const rules = this.kept(parent);
      if (rules === undefined) unknown.push(parent);
      else if (this.concerns(parent, rules, kind, objects)) this.options.enqueue(idOfParent(parent));
    }
    if (unknown.length === 0 || !this.options.asksOnEvents) return;
    this.clock.after(0, async () => {
      for (const parent of unknown) {
        // An answer that fails is skipped: the next event tries again.
        const rules = await this.rules(parent).catch(() => []);
        if (this.concerns(parent, rules, kind, objects)) this.options.enqueue(idOfParent(parent));
      }
    });
  }

  private parents(): StoredObject[] {
    const { parent, parentVersion } = this.controller;
    return this.api.list(parent.kind).map((object) => ({ ...object, apiVersion: parentVersion }));
  }

  private concerns(
    parent: StoredObject,
    rules: readonly RelatedRule[],
    kind: Kind,
    objects: readonly StoredObject[],
  ): boolean {
    return rules.some(({ apiVersion, resource, ...rest }) => {
      if (resource !== kind.plural || groupOf(apiVersion) !== groupOf(kind.apiVersion)) return false;
      try {
        const isWanted = this.matcher(parent, { apiVersion, resource, ...rest });
        return objects.some(isWanted);
      } catch {
        // A rule that is refused matches nothing.
        return false;
      }
    });
  }
}

const idOf = ({ uid, generation }: JsonObject): string => `${uid} ${generation}`;

const idOfParent = ({ metadata }: StoredObject): string => `${metadata.namespace}/${metadata.name}`;

function selector(labelSelector: JsonObject | undefined): (labels: Json | undefined) => boolean {
  if (listAt(labelSelector, 'matchExpressions').length > 0)
    throw new Error('the simulator knows no matchExpressions in related rules');
  const wanted = Object.entries(objectAt(labelSelector, 'matchLabels'));
  return (labels) => wanted.every(([key, value]) => isObject(labels) && labels[key] === value);
}
