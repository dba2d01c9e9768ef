import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { RefusalLog } from './observability/refusal-log.ts';

/** How long a client may still send a body that is not read, after it was answered, in milliseconds. */
const lingerMs = 1000;

/**
 * How long the connection of an authenticated caller may be idle, in milliseconds. Metacontroller's client keeps one
 * for 90 s (Go: net/http, DefaultTransport) and does not repeat a POST that fails because the connection was just
 * closed, so the client has to close it first.
 */
const authenticatedIdleMs = 100_000;

/**
 * How long a request may take from its first byte until its answer is read, in milliseconds, even if bytes keep moving:
 * 10 s for the body (server.ts), and as long for the answer.
 */
const requestMs = 20_000;

/**
 * Files that the process needs besides connections: about 25 are always open, the metrics take up to 16 connections on a
 * port of their own, and credentials are read again.
 */
const otherFiles = 64;

interface Connection {
  readonly socket: Socket;
  /** Whether a call on it was authenticated. */
  isAuthenticated: boolean;
  /** Whether a request was made on it. */
  isUsed: boolean;
  /** Requests that are not answered yet. */
  requests: number;
  /** When the first of these began or became the first, in milliseconds since 1970. */
  since: number;
}

/**
 * Limits the number of connections, and closes those that Node.js would leave open. Connections are identified by their
 * peer, because a connection and the TLS on it are two sockets.
 */
export class Connections {
  readonly #open = new Map<string, Connection>();
  readonly #max: number;
  readonly #isSecure: boolean;

  /** @param maxConnections the setting; lowered to the limit of open files */
  constructor(app: FastifyInstance, refusals: RefusalLog, maxConnections: number) {
    this.#max = Math.max(1, Math.min(maxConnections, openFilesLimit() - otherFiles));
    this.#isSecure = app.server instanceof TlsServer;
    app.server.on('connection', (socket: Socket) => {
      if (this.#open.size >= this.#max) {
        refusals.report({
          kind: 'connection closed',
          fields: {},
          message:
            'A connection was closed: MAX_CONNECTIONS or the limit of open files (ulimit -n) is reached. Raise it, or find the client that opens so many.',
        });
        if (!this.#closeOldestUnauthenticated()) {
          socket.destroy();
          return;
        }
      }
      this.#add(socket);
    });
    app.server.on('request', (request, response) => this.#begin(request, response));
    app.addHook('onResponse', ({ raw }, _reply, done) => {
      if (!raw.complete) closeUnread(raw);
      done();
    });
    app.addHook('preClose', async () => this.#closeUnused());

    let sweep: NodeJS.Timeout | undefined;
    app.addHook('onListen', async () => {
      if (this.#max < maxConnections) {
        const limits = { setting: maxConnections, used: this.#max };
        app.log.warn(
          limits,
          'MAX_CONNECTIONS is above the limit of open files: raise ulimit -n or lower MAX_CONNECTIONS',
        );
      }
      // An error that nobody listens for ends the process.
      app.server.on('error', ({ message }) =>
        refusals.report({
          kind: 'connection failed',
          level: 'error',
          fields: {},
          message: `Can't accept a connection: ${message}`,
        }),
      );
      sweep = setInterval(() => this.#closeSlow(), 1000).unref();
    });
    app.addHook('onClose', async () => clearInterval(sweep));
  }

  /** Marks the connection of an authenticated caller: it may be idle for longer, and is not closed for a new one. */
  markAuthenticated({ socket }: IncomingMessage): void {
    const connection = this.#open.get(peerOf(socket));
    if (connection !== undefined) connection.isAuthenticated = true;
  }

  #add(socket: Socket): void {
    const peer = peerOf(socket);
    const connection = { socket, isAuthenticated: false, isUsed: false, requests: 0, since: 0 };
    this.#open.set(peer, connection);
    socket.once('close', () => {
      // A client may have used the same port again before this event.
      if (this.#open.get(peer) === connection) this.#open.delete(peer);
    });
  }

  /** Makes room for one more connection. */
  #closeOldestUnauthenticated(): boolean {
    for (const [peer, { socket, isAuthenticated }] of this.#open) {
      if (isAuthenticated) continue;
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
      // Node.js has just set keepAliveTimeout, and resets it when the next request begins.
      if (connection.requests === 0 && connection.isAuthenticated) socket.setTimeout(authenticatedIdleMs);
    });
  }

  /** A connection on which single bytes keep moving does not reach connectionTimeout. */
  #closeSlow(): void {
    const begunBefore = Date.now() - requestMs;
    for (const { socket, requests, since } of this.#open.values()) {
      if (requests > 0 && since < begunBefore) socket.destroy();
    }
  }

  /**
   * Node.js does not count a connection without any request as idle, such as one that Go's client opens and then does
   * not need. It would delay the shutdown until the deadline.
   */
  #closeUnused(): void {
    for (const { socket, isUsed } of this.#open.values()) {
      // Over TLS it is not known whether a part of a request has arrived.
      if (!isUsed && (this.#isSecure || socket.bytesRead === 0)) socket.destroy();
    }
  }
}

/** Identifies a connection and the TLS on it alike. */
const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;

/**
 * Closes a connection whose client still sends a body that was refused. Node.js reads on for a moment, so that the
 * client gets the answer.
 */
function closeUnread(request: IncomingMessage): void {
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, lingerMs).unref();
}

/** How many files the process may have open, connections included; the limit is only known on Linux. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
