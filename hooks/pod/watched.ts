/**
 * Finds out which fields a validator knows. The validators of a Kubernetes schema read each field that the schema
 * names and leave alone what it doesn't, so what was never read is unknown. They go through all keys of a map,
 * and read nothing of an object that is free-form.
 */
export class Watched {
  readonly #reads = new Map<object, Set<string> | 'all'>();
  readonly value: unknown;

  /** @param value a JSON value; `value` of the result is to be validated in its place */
  constructor(value: unknown) {
    this.value = this.#watch(value);
  }

  /**
   * Fields that are there and were not read, with what is known beside them.
   *
   * @returns JSON pointers, in the order of the value
   */
  unknownFields(): { readonly pointer: string; readonly known: readonly string[] }[] {
    return this.#unknownIn(this.value, '');
  }

  #unknownIn(value: unknown, pointer: string): { pointer: string; known: readonly string[] }[] {
    if (typeof value !== 'object' || value === null) return [];
    // A list and an object are looked at as a validator would not: by their own keys.
    const reads = this.#reads.get(value);
    const known = reads === undefined || reads === 'all' ? undefined : new Set(reads);
    return Reflect.ownKeys(value)
      .filter((key): key is string => typeof key === 'string' && key !== 'length' && !key.startsWith('$'))
      .flatMap((key) =>
        known && known.size > 0 && !known.has(key)
          ? [{ pointer: `${pointer}/${key}`, known: [...known].sort() }]
          : this.#unknownIn((value as Record<string, unknown>)[key], `${pointer}/${key}`),
      );
  }

  #watch(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map((item) => this.#watch(item));
    const copy = Object.fromEntries(Object.entries(value).map(([key, item]) => [key, this.#watch(item)]));
    const proxy: object = new Proxy(copy, {
      get: (target, key, receiver) => {
        this.#read(proxy, key);
        return Reflect.get(target, key, receiver);
      },
      has: (target, key) => {
        this.#read(proxy, key);
        return Reflect.has(target, key);
      },
      ownKeys: (target) => {
        this.#reads.set(proxy, 'all');
        return Reflect.ownKeys(target);
      },
    });
    return proxy;
  }

  #read(proxy: object, key: string | symbol): void {
    const reads = this.#reads.get(proxy) ?? new Set();
    if (typeof key === 'symbol' || reads === 'all') return;
    reads.add(key);
    this.#reads.set(proxy, reads);
  }
}
