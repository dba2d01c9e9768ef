import type { IncomingMessage } from 'node:http';
import { Server as TlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long a client may go on sending a body that nobody reads, after it was answered. */
const lingerMs = 1000;

/** Ends connections that Node.js would leave open. */
export function endConnections(app: FastifyInstance): void {
  endUnusedOnClose(app);
  app.addHook('onResponse', ({ raw }, _reply, done) => {
    if (!raw.complete) endUnread(raw);
    done();
  });
}

/**
 * Who is refused before the body was read may not send for ever: Node.js reads on, so that the answer gets through. That
 * takes a moment only.
 */
function endUnread(request: IncomingMessage): void {
  setTimeout(() => {
    if (!request.complete) request.destroy();
  }, lingerMs).unref();
}

/**
 * Connections on which no call was ever made, such as those that Go's client opens and then has no need for, do not count
 * as idle for Node.js and would keep a service that ends until its deadline.
 */
function endUnusedOnClose(app: FastifyInstance): void {
  const unused = new Map<string, Socket>();
  app.server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    unused.set(peer, socket);
    socket.once('close', () => unused.delete(peer));
  });
  app.server.on('request', ({ socket }: IncomingMessage) => unused.delete(peerOf(socket)));
  app.addHook('preClose', async () => {
    // Over TLS there is no telling whether a part of a call has come already.
    const isSecure = app.server instanceof TlsServer;
    for (const socket of unused.values()) {
      if (isSecure || socket.bytesRead === 0) socket.destroy();
    }
  });
}

/** The same for a connection and the TLS on it. */
const peerOf = ({ remoteAddress, remotePort }: Socket) => `${remoteAddress} ${remotePort}`;
