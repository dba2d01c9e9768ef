import type { Cancel, Clock } from '../clock.ts';

/** Back-off of a failed item: 5 ms, doubled by each failure, at most 1,000 s. */
const BASE = 5;
const MOST = 1_000_000;

/**
 * A work queue as client-go has it: a key waits once, a key that is added while it is being worked on comes again
 * afterwards, failures come later and later.
 */
export class WorkQueue {
  private readonly ready = new Set<string>();
  private readonly working = new Set<string>();
  private readonly dirty = new Set<string>();
  private readonly waiting = new Map<string, { at: number; cancel: Cancel }>();
  private readonly failures = new Map<string, number>();
  private readonly clock: Clock;
  private readonly wake: () => void;

  /** @param wake called when a key became ready */
  constructor(clock: Clock, wake: () => void) {
    this.clock = clock;
    this.wake = wake;
  }

  add(key: string): void {
    if (this.working.has(key)) {
      this.dirty.add(key);
      return;
    }
    this.ready.add(key);
    this.wake();
  }

  /** Of several delays for one key the one that ends first counts. */
  addAfter(key: string, milliseconds: number): void {
    if (milliseconds <= 0) {
      this.add(key);
      return;
    }
    const due = this.clock.now() + milliseconds;
    const known = this.waiting.get(key);
    if (known && known.at <= due) return;
    known?.cancel();
    const cancel = this.clock.after(milliseconds, () => {
      this.waiting.delete(key);
      this.add(key);
    });
    this.waiting.set(key, { at: due, cancel });
  }

  addRateLimited(key: string): void {
    const failures = this.failures.get(key) ?? 0;
    this.failures.set(key, failures + 1);
    this.addAfter(key, Math.min(BASE * 2 ** failures, MOST));
  }

  forget(key: string): void {
    this.failures.delete(key);
  }

  keys(): string[] {
    return [...this.ready];
  }

  take(key?: string): string | undefined {
    const next = key ?? this.ready.values().next().value;
    if (next === undefined || !this.ready.delete(next)) return undefined;
    this.working.add(next);
    return next;
  }

  done(key: string): void {
    this.working.delete(key);
    if (this.dirty.delete(key)) this.add(key);
  }

  isIdle(): boolean {
    return this.ready.size === 0 && this.working.size === 0;
  }

  stop(): void {
    for (const { cancel } of this.waiting.values()) cancel();
    this.waiting.clear();
    this.ready.clear();
    this.dirty.clear();
  }
}
