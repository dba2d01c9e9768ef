import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** The limits of one process. */
export interface LoadLimits {
  /**
   * Calls in flight: from when the headers are read until the turn of the event loop in which the response was closed
   * ends.
   */
  readonly maxCalls: number;
  /** The total size of the large bodies of calls in flight, in bytes. */
  readonly maxLargeBytes: number;
  /** The size of one body, in bytes: a larger one is not read. */
  readonly maxBody: number;
  /** The average delay of the event loop, in milliseconds: how long a call waits before its headers are read. */
  readonly maxLagMs: number;
}

/** Why a call is shed. */
export interface ReachedLimit {
  /** The setting; of BODY_LIMIT_BYTES, four times its value is the limit. */
  readonly setting: 'MAX_CALLS' | 'MAX_LAG_MS' | 'BODY_LIMIT_BYTES';
  /** After how many seconds to call again. */
  readonly retryAfter: number;
}

/**
 * Up to this size, in bytes, a body is small. Nearly all are: a registry of usual size with its children takes 50 KiB.
 * Small bodies are limited by `maxCalls` alone, so that large ones don't keep them out.
 */
const smallBody = 1024 * 1024;

/**
 * How often the delay of the event loop is measured, in milliseconds; the measured delays include it. Every 10 ms, the
 * default of Node.js, would take more time of an instance with few calls than the calls do.
 */
export const delayResolutionMs = 40;

/**
 * How often the lag is read, in milliseconds: after a peak of load, calls are shed for up to this long without need. It
 * is longer than the allowed lag, because an interval in which the event loop did not turn counts as infinite lag.
 */
const readingInterval = (maxLagMs: number) => Math.max(100, maxLagMs + 50);

/** The values of Retry-After in seconds, used in turn, so that shed calls do not all come back at once. */
const retries = [1, 2, 3] as const;

/** Decides which calls are shed because the process is overloaded. */
export class LoadShedder {
  readonly #limits: LoadLimits;
  /** The callbacks that end the calls in flight of each connection. */
  readonly #ends = new WeakMap<Socket, Set<() => void>>();
  #inFlight = 0;
  #largeBytes = 0;
  #lagMs = 0;
  #shed = 0;

  /** @param app the measurement of the event loop stops when it is closed */
  constructor(app: FastifyInstance, limits: LoadLimits) {
    this.#limits = limits;
    const delays = monitorEventLoopDelay({ resolution: delayResolutionMs });
    delays.enable();
    const reading = setInterval(() => {
      // Without a single sample there is no mean: the event loop did not turn.
      this.#lagMs = Number.isNaN(delays.mean)
        ? Number.POSITIVE_INFINITY
        : delays.mean / 1e6 - delayResolutionMs;
      delays.reset();
    }, readingInterval(limits.maxLagMs)).unref();
    app.addHook('onClose', async () => {
      clearInterval(reading);
      delays.disable();
    });
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /**
   * Admits a call or sheds it.
   *
   * @param request has the header Content-Length if it has a body
   * @param response the call is in flight until it or its connection is closed
   * @returns undefined if the call is admitted
   */
  admit({ headers, socket }: IncomingMessage, response: ServerResponse): ReachedLimit | undefined {
    const length = Number(headers['content-length'] ?? 0);
    const largeBytes = length > smallBody && length <= this.#limits.maxBody ? length : 0;
    const setting = this.#reachedLimit(largeBytes);
    if (setting !== undefined) {
      this.#shed += 1;
      return { setting, retryAfter: retries[this.#shed % retries.length] ?? retries[0] };
    }
    this.#inFlight += 1;
    this.#largeBytes += largeBytes;
    this.#onceClosed(response, socket, () => {
      this.#inFlight -= 1;
      this.#largeBytes -= largeBytes;
    });
    return undefined;
  }

  #reachedLimit(largeBytes: number): ReachedLimit['setting'] | undefined {
    const { maxCalls, maxLargeBytes, maxLagMs } = this.#limits;
    if (this.#inFlight >= maxCalls) return 'MAX_CALLS';
    if (largeBytes > 0 && this.#largeBytes + largeBytes > maxLargeBytes) return 'BODY_LIMIT_BYTES';
    return this.#lagMs > maxLagMs ? 'MAX_LAG_MS' : undefined;
  }

  /**
   * Calls back once, at the end of the turn of the event loop in which a response or its connection was closed. When a
   * connection is closed, Node.js closes only the first of the responses that are pipelined on it. All calls that have
   * arrived are read and answered one by one in one turn, so the last of them have waited for all others.
   */
  #onceClosed(response: ServerResponse, socket: Socket, done: () => void): void {
    const ends = this.#ends.get(socket) ?? this.#watch(socket);
    const end = () => {
      if (ends.delete(end)) setImmediate(done);
    };
    ends.add(end);
    response.once('close', end);
  }

  /** One listener per connection: with one per call, a client could add any number by pipelining. */
  #watch(socket: Socket): Set<() => void> {
    const ends = new Set<() => void>();
    this.#ends.set(socket, ends);
    socket.once('close', () => {
      for (const end of ends) end();
    });
    return ends;
  }
}
