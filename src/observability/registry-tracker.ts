import { LRUCache } from 'lru-cache';
import type { Phase } from '../../hooks/contract/status.ts';

/** A few MiB; beyond it the registries that were not seen for the longest are forgotten. */
const maxTracked = 50_000;

/** How many registries are reported by name: each is a time series of its own, and its name a few hundred bytes. */
const maxNamed = 1000;

/**
 * Metacontroller calls for each registry at least every 30 minutes (its --cache-flush-interval). One that was not seen
 * for several times that is served by another instance, or its deletion was missed.
 */
const forgetAfterMs = 3 * 60 * 60 * 1000;

/** The limit of a name, in characters (apimachinery: pkg/util/validation, DNS1123SubdomainMaxLength). */
const maxNameLength = 253;

/** A registry and the phase that was last answered for it. */
export interface TrackedRegistry {
  readonly namespace: string;
  readonly name: string;
  readonly phase: Phase;
}

/** A registry in the cache. */
interface Tracked {
  /** `namespace/name`. */
  readonly key: string;
  readonly phase: Phase;
  /** By the clock of the tracker, in milliseconds. */
  readonly seenAt: number;
}

/** All phases, first those in which a registry may need attention: the order in which registries are named. */
const byUrgency = ['Failed', 'Pending', 'Terminating', 'Running', 'Ready'] as const satisfies Phase[];

/** The registries that this process was called for, each as it was last seen. */
export class RegistryTracker {
  readonly #now: () => number;
  readonly #tracked: LRUCache<string, Tracked>;
  /**
   * The same registries by phase, so that a scrape does not iterate over all of them. A registry that stays in its
   * phase keeps its position, so that the same ones are named at each scrape and time series are stable.
   */
  readonly #byPhase = new Map<Phase, Map<string, TrackedRegistry>>(
    byUrgency.map((phase) => [phase, new Map()]),
  );

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#tracked = new LRUCache({
      max: maxTracked,
      dispose: ({ key, phase }) => void this.#byPhase.get(phase)?.delete(key),
      noDisposeOnSet: true,
    });
  }

  /** Records the phase that was answered for a registry. */
  track(registry: TrackedRegistry): void {
    const { namespace, name, phase } = registry;
    // The API server has no longer names, but a caller may send any, which would take memory.
    if (name.length > maxNameLength || namespace.length > maxNameLength) return;
    const key = `${namespace}/${name}`;
    const before = this.#tracked.peek(key);
    if (before !== undefined && before.phase !== phase) this.#byPhase.get(before.phase)?.delete(key);
    this.#byPhase.get(phase)?.set(key, registry);
    this.#tracked.set(key, { key, phase, seenAt: this.#now() });
  }

  /** Forgets a registry that does not exist any more. */
  forget(namespace: string, name: string): void {
    this.#tracked.delete(`${namespace}/${name}`);
  }

  /** How many registries are in each phase. */
  countByPhase(): Readonly<Record<Phase, number>> {
    this.#forgetOld();
    const count = (phase: Phase) => this.#byPhase.get(phase)?.size ?? 0;
    return {
      Pending: count('Pending'),
      Running: count('Running'),
      Ready: count('Ready'),
      Failed: count('Failed'),
      Terminating: count('Terminating'),
    };
  }

  /**
   * The registries to report by name, at most 1,000: first those that have failed, then those that are pending or
   * terminating, then those that have been running for the longest.
   *
   * @returns `omitted` is the number of registries that are not named
   */
  named(): { readonly registries: readonly TrackedRegistry[]; readonly omitted: number } {
    this.#forgetOld();
    const registries: TrackedRegistry[] = [];
    for (const tracked of this.#byPhase.values()) {
      for (const registry of tracked.values()) {
        if (registries.length === maxNamed) break;
        registries.push(registry);
      }
    }
    return { registries, omitted: this.#tracked.size - registries.length };
  }

  /** Visits only the registries to forget: the cache is ordered by when they were last seen. */
  #forgetOld(): void {
    const since = this.#now() - forgetAfterMs;
    for (const tracked of this.#tracked.rvalues()) {
      if (tracked === undefined || tracked.seenAt >= since) break;
      this.#tracked.delete(tracked.key);
    }
  }
}
