import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';

/** How much one process takes on. */
export interface LoadLimits {
  /** Calls in flight: from the moment that the headers are read until the answer is written and others had a turn. */
  readonly maxCalls: number;
  /** The bytes that the large bodies of calls in flight may take together. */
  readonly maxLargeBytes: number;
  /** The largest body of one call, in bytes: a larger one is not read. */
  readonly maxBody: number;
  /** How late the event loop may be on average, in milliseconds: what a call waits before its headers are read. */
  readonly maxLagMs: number;
}

/** Why a call is shed. */
export interface Refusal {
  readonly limit: 'MAX_CALLS' | 'MAX_LAG_MS' | 'four times BODY_LIMIT_BYTES';
  /** After how many seconds to try again. */
  readonly retryAfter: number;
}

/**
 * The largest body that is small, in bytes. Nearly all are: a registry of usual size and its children take 50 KiB. Small
 * bodies are bounded by `maxCalls` alone, so that large ones can't take their room.
 */
const smallBody = 1024 * 1024;

/** How exactly the delay of the event loop is measured, in milliseconds; a delay that is measured includes it. */
const resolutionMs = 10;

/**
 * How often the lag is read, in milliseconds: after a moment of load, calls are shed in vain for so long. Longer than the
 * lag that is allowed, since an interval in which the event loop did not turn at all counts as endless.
 */
const readingInterval = (maxLagMs: number) => Math.max(100, maxLagMs + 50);

/** Retry-After of calls that are shed, in seconds and in turn, so that they do not all come back at once. */
const retries = [1, 2, 3] as const;

/** Decides which calls are shed because there is more to do than can be done. */
export class LoadShedder {
  readonly #limits: LoadLimits;
  /** What ends the calls in flight of each connection. */
  readonly #ends = new WeakMap<Socket, Set<() => void>>();
  #inFlight = 0;
  #largeBytes = 0;
  #lagMs = 0;
  #shed = 0;

  /** @param app whose life the measurement of the event loop shares */
  constructor(app: FastifyInstance, limits: LoadLimits) {
    this.#limits = limits;
    const delays = monitorEventLoopDelay({ resolution: resolutionMs });
    delays.enable();
    const reading = setInterval(() => {
      // Without a single sample there is no mean: the event loop did not turn.
      this.#lagMs = Number.isNaN(delays.mean) ? Number.POSITIVE_INFINITY : delays.mean / 1e6 - resolutionMs;
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
   * @param request whose body has the length that its header Content-Length says
   * @param response of the call, which is in flight until this or its connection is closed
   * @returns undefined if it is admitted
   */
  admit({ headers, socket }: IncomingMessage, response: ServerResponse): Refusal | undefined {
    const length = Number(headers['content-length'] ?? 0);
    const largeBytes = length > smallBody && length <= this.#limits.maxBody ? length : 0;
    const limit = this.#limitReached(largeBytes);
    if (limit !== undefined) {
      this.#shed += 1;
      return { limit, retryAfter: retries[this.#shed % retries.length] ?? retries[0] };
    }
    this.#inFlight += 1;
    this.#largeBytes += largeBytes;
    this.#onceClosed(response, socket, () => {
      this.#inFlight -= 1;
      this.#largeBytes -= largeBytes;
    });
    return undefined;
  }

  #limitReached(largeBytes: number): Refusal['limit'] | undefined {
    const { maxCalls, maxLargeBytes, maxLagMs } = this.#limits;
    if (this.#inFlight >= maxCalls) return 'MAX_CALLS';
    if (largeBytes > 0 && this.#largeBytes + largeBytes > maxLargeBytes) return 'four times BODY_LIMIT_BYTES';
    return this.#lagMs > maxLagMs ? 'MAX_LAG_MS' : undefined;
  }

  /**
   * Calls back once, when the turn of the event loop has ended in which a response or its connection was closed. When a
   * connection is closed, Node.js closes the first response alone of those that are pipelined on it. In one turn all calls
   * that have arrived are read and answered one by one, and the last ones have waited for all before them.
   */
  #onceClosed(response: ServerResponse, socket: Socket, done: () => void): void {
    const ends = this.#ends.get(socket) ?? this.#watch(socket);
    const end = () => {
      if (ends.delete(end)) setImmediate(done);
    };
    ends.add(end);
    response.once('close', end);
  }

  /** One listener for each connection: a listener for each call would be as many as its client pipelines. */
  #watch(socket: Socket): Set<() => void> {
    const ends = new Set<() => void>();
    this.#ends.set(socket, ends);
    socket.once('close', () => {
      for (const end of ends) end();
    });
    return ends;
  }
}
