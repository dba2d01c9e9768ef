import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** What a memo may hold before the entries that were not asked for the longest are forgotten. */
export interface MemoBounds {
  /** As many again are told from those that are new. */
  readonly maxEntries: number;
  /** Of the values together, as text in characters. */
  readonly maxSize: number;
}

/**
 * Values by what they were made of, of which a hash is the key.
 *
 * A value is kept when it is offered again soon. When more registries call in turn than can be kept, each would push out
 * one that comes before it: nothing was found again, and the heap grew to twice its size with what was kept in vain.
 */
export class Memo<V extends object> {
  readonly #kept: LRUCache<string, V>;
  readonly #offeredOnce: LRUCache<string, true>;

  constructor({ maxEntries, maxSize }: MemoBounds) {
    this.#kept = new LRUCache({ max: maxEntries, maxSize });
    this.#offeredOnce = new LRUCache({ max: maxEntries });
  }

  get(key: string): V | undefined {
    return this.#kept.get(key);
  }

  /**
   * Keeps a value if it was offered before, and not too many others since.
   *
   * @param finish makes it ready to be kept, and tells its size as text
   */
  offer(key: string, value: V, finish: (value: V) => number): void {
    if (this.#offeredOnce.delete(key)) this.#kept.set(key, value, { size: finish(value) });
    else this.#offeredOnce.set(key, true);
  }
}

/** The key of what values are made of. */
export const keyOf = (content: string | Uint8Array): string => hash('sha256', content, 'base64');
