import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/** How much may wait to be written, in bytes: some thousand lines. */
const maxWaiting = 1024 * 1024;

/** A destination of log lines that may drop some of them. */
export interface LogDestination extends DestinationStream {
  /** The number of lines dropped since the start. */
  readonly dropped?: number;
}

/**
 * Writes log lines to a stream without ever blocking the service: if the stream is not read, lines wait in memory up to
 * a limit, and beyond it whole lines are dropped and counted. A later line says how many.
 *
 * The lines of a turn of the event loop are written together at its end, and at the latest when the process exits.
 * Under load one turn answers several calls, and a write for each line took a twentieth of the time of a call.
 */
export class LogOutput implements LogDestination {
  readonly #stream: Writable;
  #turn: string[] = [];
  #turnLength = 0;
  #dropped = 0;
  #reported = 0;
  #onDropped: ((lines: number) => void) | undefined;

  /** @param stream standard output; if it is a pipe that is full, Node.js keeps the rest */
  constructor(stream: Writable) {
    this.#stream = stream;
    // The reader may close the stream: the lines are counted as dropped, and the service continues.
    stream.on('error', () => undefined);
    stream.on('drain', () => this.#reportDropped());
    process.once('exit', () => this.#flush());
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Sets a callback for the number of dropped lines, called once lines can be written again. */
  onDropped(report: (lines: number) => void): void {
    this.#onDropped = report;
  }

  write(line: string): void {
    // A character has at least one byte.
    if (this.#stream.writableLength + this.#turnLength + line.length > maxWaiting) {
      this.#dropped += 1;
      return;
    }
    if (this.#turn.length === 0) setImmediate(() => this.#flush());
    this.#turn.push(line);
    this.#turnLength += line.length;
  }

  #flush(): void {
    if (this.#turn.length === 0) return;
    const lines = this.#turn;
    this.#turn = [];
    this.#turnLength = 0;
    this.#stream.write(lines.join(''), (error) => {
      if (error) this.#dropped += lines.length;
    });
  }

  #reportDropped(): void {
    const lines = this.#dropped - this.#reported;
    if (lines === 0) return;
    this.#reported = this.#dropped;
    this.#onDropped?.(lines);
  }
}
