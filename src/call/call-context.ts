import type { Context, Defaults } from '../../hooks/context.ts';

/** The context of one call. Its clock stands still during the call, and records whether it was read. */
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

  /** Whether the clock was not read, so that the decision does not depend on the time. */
  get isTimeless(): boolean {
    return this.#instant === undefined;
  }
}
