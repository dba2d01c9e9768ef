import type { Phase } from '../../hooks/contract/status.ts';

/** A few MiB; beyond it the registries that were not seen for the longest are forgotten. */
const maxRegistries = 50_000;

/** How many reasons are told apart: a reason may be in the words of a cluster, and each is a time series. */
const maxReasons = 50;

/** The limit of a name, in characters (apimachinery: pkg/util/validation, DNS1123SubdomainMaxLength). */
const maxNameLength = 253;

/** A word that Kubernetes uses for a reason. */
const camelCase = /^[A-Z][A-Za-z]{0,60}$/;

/** What a registry is that is not settled. */
export interface Unsettled {
  readonly phase: Phase;
  /** Whether it needs a person: the condition Stalled is True. */
  readonly stalled: boolean;
  /** Of Stalled, or else of Ready while that is False, or else of Reconciling. */
  readonly reason: string;
}

interface Seen extends Unsettled {
  /** When another instance must have been called for it since, by the clock. */
  readonly until: number;
}

/**
 * The registries of this process that are not settled, by what keeps them. A registry that this instance is not called for
 * any more is left out soon, because another one may have seen it settle: unlike the count by phase, this one is good for
 * alerts.
 */
export class UnsettledRegistries {
  readonly #now: () => number;
  readonly #registries = new Map<string, Seen>();

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Records what a call found.
   *
   * @param unsettled undefined for a registry that is settled, or that is gone
   * @param withinMs when the registry is called for again at the latest
   */
  note(namespace: string, name: string, unsettled: Unsettled | undefined, withinMs: number): void {
    if (name.length > maxNameLength || namespace.length > maxNameLength) return;
    const key = `${namespace}/${name}`;
    // Deleted first, so that it comes last in the order of the map.
    this.#registries.delete(key);
    if (unsettled === undefined) return;
    const reason = camelCase.test(unsettled.reason) ? unsettled.reason : 'Other';
    this.#registries.set(key, { ...unsettled, reason, until: this.#now() + withinMs });
    if (this.#registries.size > maxRegistries) this.#dropOldest();
  }

  /** How many there are of each kind, the rarest reasons beyond the fiftieth together as `Other`. */
  count(): readonly (Unsettled & { readonly registries: number })[] {
    const now = this.#now();
    const byReason = new Map<string, number>();
    for (const [key, { until, reason }] of this.#registries) {
      if (until < now) this.#registries.delete(key);
      else byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
    }
    const told = new Set(
      [...byReason]
        .sort(([a, count], [b, other]) => other - count || (a < b ? -1 : 1))
        .slice(0, maxReasons)
        .map(([reason]) => reason),
    );
    const counts = new Map<string, Unsettled & { registries: number }>();
    for (const { phase, stalled, reason: own } of this.#registries.values()) {
      const reason = told.has(own) ? own : 'Other';
      const key = `${phase} ${stalled} ${reason}`;
      const count = counts.get(key) ?? { phase, stalled, reason, registries: 0 };
      count.registries += 1;
      counts.set(key, count);
    }
    return [...counts.values()];
  }

  #dropOldest(): void {
    const [oldest] = this.#registries.keys();
    if (oldest !== undefined) this.#registries.delete(oldest);
  }
}
