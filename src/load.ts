import type { IncomingMessage, ServerResponse } from 'node:http';
import underPressure from '@fastify/under-pressure';
import type { FastifyInstance } from 'fastify';

/** What one process can bear. */
export interface LoadLimits {
  /** Calls under way: from the moment that the headers are read until the answer is written and others had a turn. */
  readonly maxCalls: number;
  /** What the bodies of calls under way may take together, in bytes. */
  readonly maxBytes: number;
  /** The largest body of one call, in bytes: a larger one is not read. */
  readonly maxBody: number;
  /** How late the event loop may be on average, in milliseconds: what a call waits before its headers are read. */
  readonly maxLagMs: number;
}

/** Why a call is turned away. */
export interface Refusal {
  readonly limit: 'MAX_CALLS' | 'MAX_LAG_MS' | 'four times BODY_LIMIT_BYTES';
  /** After how many seconds to try again. */
  readonly retryAfter: number;
}

/**
 * How often the lag is looked at, in milliseconds: for so long, after a moment of load, calls are turned away in vain.
 * Longer than the lag that is borne, since an interval in which the event loop did not turn at all counts as endless.
 */
const sampleInterval = (maxLagMs: number) => Math.max(100, maxLagMs + 50);

/** Retry-After of calls that are turned away, in seconds and in turn, so that they do not all come back at once. */
const retries = [1, 2, 3] as const;

/** Decides which calls are turned away because there is more to do than can be done. */
export class Load {
  readonly #app: FastifyInstance;
  readonly #limits: LoadLimits;
  #underWay = 0;
  #bytes = 0;
  #turnedAway = 0;

  constructor(app: FastifyInstance, limits: LoadLimits) {
    this.#app = app;
    this.#limits = limits;
    app.register(underPressure, {
      maxEventLoopDelay: limits.maxLagMs,
      sampleInterval: sampleInterval(limits.maxLagMs),
      // It would answer every route, and with a 503: only the guard of the hooks asks.
      pressureHandler: () => undefined,
    });
  }

  get underWay(): number {
    return this.#underWay;
  }

  /**
   * Takes on a call or turns it away.
   *
   * @param response of the call; it is under way until the turn of the event loop in which this is closed has ended, or
   * its connection: the responses of calls that were sent one after the other without waiting are not closed with it
   * @returns undefined if it is taken on
   */
  admit({ headers, socket }: IncomingMessage, response: ServerResponse): Refusal | undefined {
    const length = Number(headers['content-length'] ?? this.#limits.maxBody);
    const bytes = length > this.#limits.maxBody ? 0 : length;
    const limit = this.#reached(bytes);
    if (limit !== undefined) {
      this.#turnedAway += 1;
      return { limit, retryAfter: retries[this.#turnedAway % retries.length] ?? retries[0] };
    }
    this.#underWay += 1;
    this.#bytes += bytes;
    const end = () => {
      this.#underWay -= 1;
      this.#bytes -= bytes;
    };
    let isClosed = false;
    const closed = () => {
      response.off('close', closed);
      socket.off('close', closed);
      // Taken off while the connection closes, it would be called all the same.
      if (!isClosed) setImmediate(end);
      isClosed = true;
    };
    // In one turn of the event loop all calls that have arrived are read and answered one by one, and those at the end
    // have waited for all before them. So a call counts until the turn has ended.
    response.once('close', closed);
    socket.once('close', closed);
    return undefined;
  }

  #reached(bytes: number): Refusal['limit'] | undefined {
    const { maxCalls, maxBytes } = this.#limits;
    if (this.#underWay >= maxCalls) return 'MAX_CALLS';
    if (this.#bytes + bytes > maxBytes) return 'four times BODY_LIMIT_BYTES';
    return this.#app.isUnderPressure() ? 'MAX_LAG_MS' : undefined;
  }
}
