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
  /** Since when it is not settled, in milliseconds since 1970. */
  readonly since: number;
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
  readonly #wallClock: () => number;
  readonly #registries = new Map<string, Seen>();

  /**
   * @param now milliseconds of a clock that only goes forward
   * @param wallClock milliseconds since 1970
   */
  constructor(now: () => number = () => performance.now(), wallClock: () => number = () => Date.now()) {
    this.#now = now;
    this.#wallClock = wallClock;
  }

  /**
   * Records what a call found.
   *
   * @param unsettled undefined for a registry that is settled, or that is gone; `since` in milliseconds since 1970, or
   *   undefined for the time at which this instance first saw it unsettled
   * @param withinMs when the registry is called for again at the latest
   */
  note(
    namespace: string,
    name: string,
    unsettled: (Unsettled & { readonly since?: number | undefined }) | undefined,
    withinMs: number,
  ): void {
    if (name.length > maxNameLength || namespace.length > maxNameLength) return;
    const key = `${namespace}/${name}`;
    const before = this.#registries.get(key);
    // Deleted first, so that it comes last in the order of the map.
    this.#registries.delete(key);
    if (unsettled === undefined) return;
    const reason = camelCase.test(unsettled.reason) ? unsettled.reason : 'Other';
    const [now, wallClock] = [this.#now(), this.#wallClock()];
    const firstSeen = before !== undefined && before.until >= now ? before.since : wallClock;
    const { since = firstSeen } = unsettled;
    this.#registries.set(key, {
      ...{ ...unsettled, reason },
      // Whoever may edit a status writes its times: one in the future would hide the registry.
      since: since > wallClock ? firstSeen : since,
      until: now + withinMs,
    });
    if (this.#registries.size > maxRegistries) this.#dropOldest();
  }

  /**
   * How many there are of each kind, the rarest reasons beyond the fiftieth together as `Other`.
   *
   * @param minutes counts those alone that have not been settled for as long
   */
  count(minutes = 0): readonly (Unsettled & { readonly registries: number })[] {
    const latest = this.#wallClock() - minutes * 60_000;
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
    for (const { phase, stalled, reason: own, since } of this.#registries.values()) {
      if (minutes > 0 && since > latest) continue;
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
