import type { BaseLogger } from 'pino';

/** A refused call, as it is logged. */
export interface Refusal {
  /**
   * Refusals of one kind are grouped. It must not contain anything that a caller chooses, such as a path, or each call
   * could be a kind of its own.
   */
  readonly kind: string;
  /** `warn` unless set. */
  readonly level?: 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** How long refusals are grouped, in milliseconds. */
const windowMs = 1000;

/** How many kinds are grouped separately at a time; all further ones form one group. */
const maxKinds = 50;
const otherKinds = 'other';

/** The refusals since the last line of a kind. */
interface Group {
  calls: number;
  example: Refusal | undefined;
  timer: NodeJS.Timeout;
}

/**
 * Logs refused calls. The first one of a kind is logged at once. Those that follow within a second are logged in one
 * line: `calls` is their number, and the other fields are those of the first of them. So a client can't fill the disk
 * with refusals.
 */
export class RefusalLog {
  readonly #log: Pick<BaseLogger, 'warn' | 'error'>;
  readonly #groups = new Map<string, Group>();

  constructor(log: Pick<BaseLogger, 'warn' | 'error'>) {
    this.#log = log;
  }

  /** Logs a refusal now, or within a second. */
  report(refusal: Refusal): void {
    const isOther = !this.#groups.has(refusal.kind) && this.#groups.size >= maxKinds;
    const kind = isOther ? otherKinds : refusal.kind;
    const group = this.#groups.get(kind);
    if (group !== undefined) {
      group.calls += 1;
      group.example ??= refusal;
      return;
    }
    this.#write(refusal);
    const timer = setInterval(() => {
      if (!this.#flush(kind)) this.#drop(kind);
    }, windowMs).unref();
    this.#groups.set(kind, { calls: 0, example: undefined, timer });
  }

  /** Logs all groups, and stops grouping. */
  close(): void {
    for (const kind of [...this.#groups.keys()]) {
      this.#flush(kind);
      this.#drop(kind);
    }
  }

  /** @returns false if the group is empty */
  #flush(kind: string): boolean {
    const group = this.#groups.get(kind);
    if (group?.example === undefined) return false;
    this.#write(group.example, group.calls);
    group.calls = 0;
    group.example = undefined;
    return true;
  }

  #drop(kind: string): void {
    clearInterval(this.#groups.get(kind)?.timer);
    this.#groups.delete(kind);
  }

  #write({ level = 'warn', fields, message }: Refusal, calls = 1): void {
    this.#log[level]({ ...fields, ...(calls > 1 && { calls }) }, message);
  }
}
