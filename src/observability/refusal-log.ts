import type { BaseLogger } from 'pino';

/** A call that was not served, as it is logged. */
export interface Refusal {
  /**
   * Refusals of one kind are gathered. Of what a caller chooses, such as a path, it must hold nothing, or each call would
   * be of a kind of its own.
   */
  readonly kind: string;
  /** `warn` unless set. */
  readonly level?: 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How long refusals are gathered, in milliseconds. */
const windowMs = 1000;

/** Kinds that are gathered apart from each other at a time; further ones are gathered together. */
const maxKinds = 50;
const otherKinds = 'other';

/** What was refused since the last line of a kind. */
interface Gathered {
  calls: number;
  example: Refusal | undefined;
  timer: NodeJS.Timeout;
}

/**
 * Logs refused calls. The first one of a kind is logged at once. Those that follow within a second are logged in one
 * line, with the number of calls that it stands for as `calls`; its other fields are those of the first of them. So whoever
 * can cause a refusal can't fill the disk with it.
 */
export class RefusalLog {
  readonly #log: Pick<BaseLogger, 'warn' | 'error'>;
  readonly #gathered = new Map<string, Gathered>();

  constructor(log: Pick<BaseLogger, 'warn' | 'error'>) {
    this.#log = log;
  }

  /** Logs a refusal now, or within a second. */
  report(refusal: Refusal): void {
    const isOther = !this.#gathered.has(refusal.kind) && this.#gathered.size >= maxKinds;
    const kind = isOther ? otherKinds : refusal.kind;
    const gathered = this.#gathered.get(kind);
    if (gathered !== undefined) {
      gathered.calls += 1;
      gathered.example ??= refusal;
      return;
    }
    this.#write(refusal);
    const timer = setInterval(() => {
      if (!this.#flush(kind)) this.#end(kind);
    }, windowMs).unref();
    this.#gathered.set(kind, { calls: 0, example: undefined, timer });
  }

  /** Logs what is gathered, and gathers no more. */
  close(): void {
    for (const kind of [...this.#gathered.keys()]) {
      this.#flush(kind);
      this.#end(kind);
    }
  }

  /** @returns false if nothing was gathered */
  #flush(kind: string): boolean {
    const gathered = this.#gathered.get(kind);
    if (gathered?.example === undefined) return false;
    this.#write(gathered.example, gathered.calls);
    gathered.calls = 0;
    gathered.example = undefined;
    return true;
  }

  #end(kind: string): void {
    clearInterval(this.#gathered.get(kind)?.timer);
    this.#gathered.delete(kind);
  }

  #write({ level = 'warn', fields, message }: Refusal, calls = 1): void {
    this.#log[level]({ ...fields, ...(calls > 1 && { calls }) }, message);
  }
}
