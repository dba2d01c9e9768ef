import fc from 'fast-check';
import { isDeletedFirst, optionalKinds } from '../../hooks/children/child-kinds.ts';
import type { Cluster } from '../simulator/cluster.ts';
import type { JsonObject } from '../simulator/json.ts';
import { type Action, action, anySpec, children, runnableWithObjects } from './actions.ts';
import { Actor } from './actor.ts';
import {
  type Broken,
  checkBothWays,
  checkPromise,
  checkReplicas,
  checkTold,
  checkWords,
  insist,
  isCurrent,
  isStalled,
  watchWrites,
} from './invariants.ts';
import { NAMESPACE, type Production, type Settings } from './world.ts';

/** One life of a registry: how the cluster is set up, what happens, and how it ends. */
export interface History {
  readonly settings: Settings;
  readonly first: JsonObject;
  readonly actions: readonly Action[];
  readonly last: JsonObject;
  readonly deletion: 'Background' | 'Foreground' | 'Orphan';
}

export const settings: fc.Arbitrary<Settings> = fc.record({
  strategy: fc.constantFrom('dynamic-apply' as const, 'server-side-apply' as const),
  hooks: fc.constantFrom('v1' as const, 'v2' as const),
  version: fc.constantFrom('v1alpha1' as const, 'v1beta1' as const),
  callMilliseconds: fc.constantFrom(0, 3, 40),
  related: fc.constantFrom('given' as const, 'given' as const, 'withheld' as const),
  staleMilliseconds: fc.constantFrom(0, 0, 3000, 45_000),
  kinds: fc.oneof(fc.constant(optionalKinds), fc.subarray([...optionalKinds])),
});

export const history: fc.Arbitrary<History> = fc.record({
  settings,
  first: anySpec,
  actions: fc.array(action, { minLength: 1, maxLength: 12 }),
  last: runnableWithObjects,
  deletion: fc.constantFrom('Background', 'Foreground', 'Orphan'),
});

/** Longer than any back-off and any resync interval, so that nothing is pending afterwards. */
const LONG = 1_300_000;

/** A cluster with an actor that changes it and a check of the rules. */
export class Life {
  readonly cluster: Cluster;
  readonly actor: Actor;
  private readonly broken: Broken[];
  private readonly production: Production;
  private readonly settings: Settings;
  /** How many calls have been checked. */
  private checked = 0;

  constructor(production: Production, settings: Settings) {
    this.production = production;
    this.settings = settings;
    this.cluster = production.cluster(settings);
    this.actor = new Actor(this.cluster, settings);
    this.broken = watchWrites(this.cluster, () => !this.actor.hasDrifted);
  }

  /** Performs one action, waits a moment, and checks all rules. */
  async step(action: Action): Promise<void> {
    await this.actor.act(action);
    await this.cluster.run(700);
    await this.check();
  }

  /** Removes all obstacles and applies a spec that can run: the registry has to become Ready. */
  async recover(spec: JsonObject): Promise<void> {
    this.actor.removeObstacles();
    if (this.actor.registry?.metadata['deletionTimestamp'] !== undefined) await this.cluster.run(LONG);
    this.actor.freeNames();
    await this.actor.act({ do: 'apply', spec });
    await this.cluster.run(LONG);
    await this.check(true);
    const found = this.actor.registry;
    // A field that one strategy applied and the other dropped stays in the Deployment; the status then has to say so.
    if (this.actor.hasSwitched && found && isStalled(found)) return;
    insist(found !== undefined && isCurrent(found), '4: a registry without obstacles becomes Ready', {
      status: found?.['status'],
      errors: this.cluster.errors.slice(-2),
      writes: this.cluster.writes.slice(-6),
    });
    await this.expectQuiet();
  }

  /** Rule 4: nothing is written any more, not even when every registry is synced again. */
  async expectQuiet(): Promise<void> {
    if (this.actor.hasSwitched) {
      // Children that were orphaned under dynamic apply and taken over by server-side apply lose the annotation of
      // what was applied only at the next sync: Metacontroller removes it, once.
      this.cluster.start({});
      await this.cluster.run(LONG);
    }
    const before = this.cluster.writes.length;
    await this.cluster.run(LONG);
    this.cluster.start({});
    await this.cluster.run(LONG);
    const written = this.cluster.writes.slice(before).filter(({ outcome }) => outcome !== 'unchanged');
    insist(written.length === 0, '4: when events stop nothing is written', written.slice(0, 10));
  }

  /** Rule 5: deletion ends, and what serves goes before what it needs. */
  async delete(propagation: History['deletion']): Promise<void> {
    this.cluster.fault = 'none';
    this.actor.removeObstacles();
    const begin = this.cluster.writes.length;
    await this.actor.act({ do: 'deleteRegistry', propagation });
    await this.cluster.run(LONG);
    const { api } = this.cluster;
    const uid = this.actor.registry?.metadata.uid;
    insist(uid === undefined, '5: deletion ends', {
      registry: this.actor.registry,
      errors: this.cluster.errors.slice(-2),
    });
    const deletions = this.cluster.writes
      .slice(begin)
      .filter(({ verb, by }) => verb === 'delete' && by === 'metacontroller');
    const isServing = ({ kind }: { kind: string }) => isDeletedFirst(kind);
    const firstOfRest = deletions.findIndex((each) => !isServing(each));
    const isOrdered = firstOfRest < 0 || !deletions.slice(firstOfRest).some(isServing);
    insist(isOrdered, '5: what serves goes first', deletions);
    const left = Object.entries(children).filter(([kind, name]) => {
      const owners = api.get(kind, NAMESPACE, name)?.metadata['ownerReferences'];
      return owners !== undefined;
    });
    insist(left.length === 0, '5: no child is left', left);
    await this.check();
  }

  private async check(quiet = false): Promise<void> {
    if (this.broken[0]) throw this.broken[0];
    for (; this.checked < this.cluster.calls.length; this.checked++) {
      const call = this.cluster.calls[this.checked];
      if (call) checkReplicas(call);
    }
    const found = this.actor.registry;
    if (!found?.['status']) return;
    checkWords(found);
    checkTold(found, quiet);
    await checkBothWays(this.production, this.cluster);
    await this.checkLastCall(quiet);
  }

  /** What was promised holds where it was said: right after a call that saw the world as it is. */
  private async checkLastCall(quiet: boolean): Promise<void> {
    const found = this.actor.registry;
    if (!found || (!quiet && !this.isSeen())) return;
    await checkPromise(this.production, this.cluster, found, quiet ? (this.settings.kinds ?? []) : [], quiet);
  }

  /** Whether the hook was heard since the last change of anything. */
  private isSeen(): boolean {
    const { cluster } = this;
    const last = cluster.lastCall;
    const changed = cluster.writes.findLast(
      ({ outcome, by }) => outcome === 'written' && by !== 'metacontroller',
    );
    return (
      last?.answer !== undefined &&
      cluster.metacontroller?.isIdle() === true &&
      last.time >= (changed?.time ?? 0)
    );
  }
}

export async function live(
  production: Production,
  { settings, first, actions, last, deletion }: History,
): Promise<void> {
  const life = new Life(production, settings);
  await life.step({ do: 'apply', spec: first });
  for (const each of actions) await life.step(each);
  await life.recover(last);
  await life.delete(deletion);
}
