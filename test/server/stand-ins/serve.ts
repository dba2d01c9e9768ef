import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, isIP, type Socket } from 'node:net';
import type { Authority } from '../../support/pki.ts';

/** A request that a stand-in has had. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
}

/** An HTTP server of the world outside the pod. */
export interface StandIn {
  readonly url: string;
  /** All requests so far. */
  readonly requests: readonly SeenRequest[];
  readonly close: () => Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * Serves HTTP on an address of this network namespace, with a certificate for its name if the URL says https.
 *
 * @param url scheme, name and port; its path is for the handler
 */
export async function serve(
  url: string,
  address: string,
  authority: Authority,
  handler: Handler,
): Promise<StandIn> {
  const { protocol, hostname, port } = new URL(url);
  const requests: SeenRequest[] = [];
  const listener: RequestListener = (request, response) => {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, url: path, headers });
    Promise.resolve(handler(request, response)).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  };
  const server =
    protocol === 'https:'
      ? createTlsServer(
          await authority.issue({
            name: hostname,
            alternatives: [{ type: isIP(hostname) ? 'ip' : 'dns', value: hostname }],
          }),
          listener,
        )
      : createServer(listener);
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const wanted = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(wanted, address, resolve);
  });
  if ((server.address() as AddressInfo).port !== wanted) throw new Error(`${url} is served on another port`);
  return {
    url,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
