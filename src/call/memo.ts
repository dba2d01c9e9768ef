import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** How much a memo keeps before it drops the least recently used entries. */
export interface MemoBounds {
  /** Of as many further keys it is remembered that they were offered once. */
  readonly maxEntries: number;
  /** The total size of the values as text, in characters. */
  readonly maxSize: number;
}

/**
 * Values by a hash of their input.
 *
 * A value is kept if it is offered for the second time. If every value was kept and more registries called in turn than
 * fit, each would evict one that is needed sooner: nothing was found again, and the heap grew to twice its size.
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
   * Keeps a value if its key was offered before, and not too many others since.
   *
   * @param finish prepares a value that is kept, and returns its size as text
   */
  offer(key: string, value: V, finish: (value: V) => number): void {
    if (this.#offeredOnce.delete(key)) this.#kept.set(key, value, { size: finish(value) });
    else this.#offeredOnce.set(key, true);
  }
}

/** The key of an input. */
export const keyOf = (content: string | Uint8Array): string => hash('sha256', content, 'base64');
