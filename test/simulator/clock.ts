type Task = () => void | Promise<void>;

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly task: Task;
  cancelled: boolean;
}

/** Cancels what was scheduled; harmless when it already ran. */
export type Cancel = () => void;

/**
 * Virtual time. Everything in the simulated world that takes time is a task of this clock; time passes only when
 * somebody runs them, and tasks due at the same instant run in the order in which they were scheduled.
 */
export class Clock {
  private heap: Timer[] = [];
  private order = 0;
  private milliseconds: number;

  constructor(start = Date.parse('2026-11-24T00:00:00Z')) {
    this.milliseconds = start;
  }

  now(): number {
    return this.milliseconds;
  }

  /** The instant as Kubernetes writes it: whole seconds. */
  timestamp(): string {
    return `${new Date(Math.floor(this.milliseconds / 1000) * 1000).toISOString().slice(0, 19)}Z`;
  }

  after(milliseconds: number, task: Task): Cancel {
    const timer = { at: this.milliseconds + milliseconds, order: this.order++, task, cancelled: false };
    this.push(timer);
    return () => {
      timer.cancelled = true;
    };
  }

  /** Milliseconds until the next task, or undefined when there is none. */
  next(): number | undefined {
    while (this.heap[0]?.cancelled) this.pop();
    const first = this.heap[0];
    return first && first.at - this.milliseconds;
  }

  /** Runs the next task; false when there is none. */
  async step(): Promise<boolean> {
    if (this.next() === undefined) return false;
    const timer = this.pop();
    if (!timer) return false;
    this.milliseconds = Math.max(this.milliseconds, timer.at);
    await timer.task();
    return true;
  }

  /** Lets time pass, running all that becomes due. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.milliseconds + milliseconds;
    for (let next = this.next(); next !== undefined && this.milliseconds + next <= end; next = this.next()) {
      await this.step();
    }
    this.milliseconds = end;
  }

  private push(timer: Timer): void {
    const { heap } = this;
    let index = heap.push(timer) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(timer, heap[parent] as Timer)) break;
      heap[index] = heap[parent] as Timer;
      index = parent;
    }
    heap[index] = timer;
  }

  private pop(): Timer | undefined {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Timer, heap[child] as Timer)) child++;
      if (!isBefore(heap[child] as Timer, last)) break;
      heap[index] = heap[child] as Timer;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

const isBefore = (left: Timer, right: Timer): boolean =>
  left.at < right.at || (left.at === right.at && left.order < right.order);
