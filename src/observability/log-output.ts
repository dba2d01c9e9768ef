import type { Writable } from 'node:stream';
import type { DestinationStream } from 'pino';

/** What may wait to be written, in bytes: some thousand lines. */
const maxWaiting = 1024 * 1024;

/** Where log lines go, and how many of them did not get there. */
export interface LogDestination extends DestinationStream {
  /** Lines that were dropped since the start. */
  readonly dropped?: number;
}

/**
 * Writes log lines to a stream, so that who does not read it can't stop the service: lines wait in memory up to a bound,
 * and beyond it they are dropped whole and counted. The next line after that says how many there were.
 *
 * Lines of a turn of the event loop are written at its end, at the latest when the process ends. While calls come in
 * faster than they are answered, a turn answers several of them, and one write costs as much for all of their lines as
 * for one: a write a line took a twentieth of the time of a call.
 */
export class LogOutput implements LogDestination {
  readonly #stream: Writable;
  #turn: string[] = [];
  #turnLength = 0;
  #dropped = 0;
  #reported = 0;
  #onDropped: ((lines: number) => void) | undefined;

  /** @param stream standard output: of a pipe, Node.js writes what there is room for and keeps the rest */
  constructor(stream: Writable) {
    this.#stream = stream;
    // Who reads may go away: the lines are counted as dropped, and the service goes on.
    stream.on('error', () => undefined);
    stream.on('drain', () => this.#reportDropped());
    process.once('exit', () => this.#flush());
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** Sets what is called with the number of lines that were dropped, once lines can be written again. */
  onDropped(report: (lines: number) => void): void {
    this.#onDropped = report;
  }

  write(line: string): void {
    // A character is one byte at least.
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
