import type { Context, Defaults } from '../../hooks/context.ts';

/** What one call may know. Its clock stands still while the call is worked on, and remembers whether it was asked. */
export class CallContext implements Context {
  readonly defaults: Defaults;
  readonly #clock: () => Date;
  #instant: Date | undefined;

  constructor(defaults: Defaults, clock: () => Date) {
    this.defaults = defaults;
    this.#clock = clock;
  }

  get now(): Date {
    this.#instant ??= this.#clock();
    return this.#instant;
  }

  /** Whether what was worked out holds at any time. */
  get isTimeless(): boolean {
    return this.#instant === undefined;
  }
}
