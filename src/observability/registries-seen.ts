import { LRUCache } from 'lru-cache';
import type { Phase } from '../../hooks/contract/status.ts';

/** Some MiB; beyond it the registries that were not seen for the longest are forgotten. */
const most = 50_000;

/**
 * Metacontroller calls for each registry at least every 30 minutes (its --cache-flush-interval): one that was not
 * seen for some of these is called for at another instance, or its end was missed.
 */
const forgetAfterMs = 3 * 60 * 60 * 1000;

/** Of a name, in characters (apimachinery: pkg/util/validation, DNS1123SubdomainMaxLength). */
const longestName = 253;

/** A registry and what was answered of it last. */
export interface SeenRegistry {
  readonly namespace: string;
  readonly name: string;
  readonly phase: Phase;
}

/** The registries that this process answers for, each as it was last seen. */
export class RegistriesSeen {
  readonly #seen: LRUCache<string, SeenRegistry>;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#seen = new LRUCache({ max: most, ttl: forgetAfterMs, ttlResolution: 0, perf: { now } });
  }

  saw(registry: SeenRegistry): void {
    // No object of the API server has a longer one; a caller may send any, and they would stay.
    if (registry.name.length > longestName || registry.namespace.length > longestName) return;
    this.#seen.set(`${registry.namespace}/${registry.name}`, registry);
  }

  /** Forgets a registry, because there is none of that name any more. */
  left(namespace: string, name: string): void {
    this.#seen.delete(`${namespace}/${name}`);
  }

  current(): SeenRegistry[] {
    this.#seen.purgeStale();
    return [...this.#seen.values()];
  }
}
