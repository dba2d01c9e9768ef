import { connect, createServer, type ListenOptions, type NetConnectOpts, type Server } from 'node:net';

/** Passes the bytes of each connection on to another address; a Unix socket crosses network namespaces. */
export function forward(from: ListenOptions, to: NetConnectOpts): Promise<Server> {
  const server = createServer((near) => {
    const far = connect(to);
    near.pipe(far).pipe(near);
    near.on('error', () => far.destroy());
    far.on('error', () => near.destroy());
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject).listen(from, () => resolve(server));
  });
}
