import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { RefusalLog } from './observability/refusal-log.ts';

/** How long a client may go on sending a body that nobody reads, after it was answered, in milliseconds. */
const lingerMs = 1000;

/**
 * How long the connection of an authenticated caller may be idle, in milliseconds. Metacontroller's client keeps one for
 * 90 s (Go: net/http, DefaultTransport) and does not repeat a POST that meets a connection just closed, so it has to be
 * the one that closes.
 */
const callerIdleMs = 100_000;

/**
 * How long a request may take from its first byte until its answer is read, in milliseconds, though a byte moves now and
 * then: the 10 s that a body may take (server.ts), and as long for the answer.
 */
const requestMs = 20_000;

/** Files that the process needs besides connections: some 25 are always open, and credentials are read again. */
const otherFiles = 64;

interface Connection {
  readonly socket: Socket;
  /** Whether a call on it was authenticated. */
  isCaller: boolean;
  /** Whether a request was ever made on it. */
  isUsed: boolean;
  /** Requests that are not answered yet. */
  requests: number;
  /** When the first of these was begun or became the first, in milliseconds since 1970. */
  since: number;
}

/**
 * Bounds the number of connections, and ends those that Node.js would leave open. What is on a connection is known by its
 * peer: a connection and the TLS on it are two sockets.
 */
export class Connections {
  readonly #open = new Map<string, Connection>();
  readonly #max: number;
  readonly #isSecure: boolean;

  /** @param maxConnections the setting; fewer are kept where the process may not open as many files */
  constructor(app: FastifyInstance, refusals: RefusalLog, maxConnections: number) {
    this.#max = Math.max(1, Math.min(maxConnections, openFilesLimit() - otherFiles));
    this.#isSecure = app.server instanceof TlsServer;
    app.server.on('connection', (socket: Socket) => {
      if (this.#open.size >= this.#max) {
        refusals.report({
          kind: 'connection closed',
          fields: {},
          message: 'A connection was closed: MAX_CONNECTIONS or the limit of open files was reached.',
        });
        if (!this.#closeOldestStranger()) {
          socket.destroy();
          return;
        }
      }
      this.#add(socket);
    });
    app.server.on('request', (request, response) => this.#begin(request, response));
    app.addHook('onResponse', ({ raw }, _reply, done) => {
      if (!raw.complete) endUnread(raw);
      done();
    });
    app.addHook('preClose', async () => this.#endUnused());

    let sweep: NodeJS.Timeout | undefined;
    app.addHook('onListen', async () => {
      if (this.#max < maxConnections) {
        const limits = { setting: maxConnections, used: this.#max };
        app.log.warn(limits, 'MAX_CONNECTIONS is more than the process may open files (ulimit -n)');
      }
      // An error that nobody listens for ends the process.
      app.server.on('error', ({ message }) =>
        refusals.report({
          kind: 'connection failed',
          level: 'error',
          fields: {},
          message: `A connection can't be accepted: ${message}`,
        }),
      );
      sweep = setInterval(() => this.#endSlow(), 1000).unref();
    });
    app.addHook('onClose', async () => clearInterval(sweep));
  }

  /** Keeps the connection of a caller that was authenticated: for its next call, and when there are too many. */
  keep({ socket }: IncomingMessage): void {
    const connection = this.#open.get(peerOf(socket));
    if (connection !== undefined) connection.isCaller = true;
  }

  #add(socket: Socket): void {
    const peer = peerOf(socket);
    const connection = { socket, isCaller: false, isUsed: false, requests: 0, since: 0 };
    this.#open.set(peer, connection);
    socket.once('close', () => {
      // A client may have the same port again before this is known.
      if (this.#open.get(peer) === connection) this.#open.delete(peer);
    });
  }

  /** Who opens connections only has to make room for those that call. */
  #closeOldestStranger(): boolean {
    for (const [peer, { socket, isCaller }] of this.#open) {
      if (isCaller) continue;
      this.#open.delete(peer);
      socket.destroy();
      return true;
    }
    return false;
  }

  #begin({ socket }: IncomingMessage, response: ServerResponse): void {
    const connection = this.#open.get(peerOf(socket));
    if (connection === undefined) return;
    connection.isUsed = true;
    if (connection.requests === 0) connection.since = Date.now();
    connection.requests += 1;
    response.once('close', () => {
      connection.since = Date.now();
      connection.requests -= 1;
      // Node.js has just set the time for strangers, and takes it back when the next request begins.
      if (connection.requests === 0 && connection.isCaller) socket.setTimeout(callerIdleMs);
    });
  }

  /** Bytes that move one by one keep a connection from being stalled. */
  #endSlow(): void {
    const begunBefore = Date.now() - requestMs;
    for (const { socket, requests, since } of this.#open.values()) {
      if (requests > 0 && since < begunBefore) socket.destroy();
    }
  }

  /**
   * Connections on which no request was ever made, such as those that Go's client opens and then has no need for, do not
   * count as idle for Node.js and would keep a service that ends until its deadline.
   */
  #endUnused(): void {
    for (const { socket, isUsed } of this.#open.values()) {
      // Over TLS there is no telling whether a part of a request has come already.
      if (!isUsed && (this.#isSecure || socket.bytesRead === 0)) socket.destroy();
    }
  }
}

/** The same for a connection and the TLS on it. */
const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;

/**
 * Who is refused before the body was read may not send for ever: Node.js reads on, so that the answer gets through. That
 * takes a moment only.
 */
function endUnread(request: IncomingMessage): void {
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, lingerMs).unref();
}

/** How many files the process may have open, connections included; no limit is known elsewhere than on Linux. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
