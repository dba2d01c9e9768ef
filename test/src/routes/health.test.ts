import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'tap';
import { testApp } from '../../support/app.ts';

test('both probes succeed, and write nothing to the log', async (t) => {
  const { app, log } = testApp({ environment: { LOG_LEVEL: 'trace' } });
  for (const url of ['/healthz', '/readyz', '/readyz?verbose']) {
    const response = await app.inject(url);
    t.equal(response.statusCode, 200, url);
    t.strictSame(response.json(), { status: 'ok' }, url);
  }
  t.strictSame(log, []);
});

test('a service that shuts down is alive but not ready on its open connections', async (t) => {
  const { app } = testApp({ environment: { LOG_LEVEL: 'silent' } });
  const port = Number(new URL(await app.listen({ host: '127.0.0.1', port: 0 })).port);
  const alive = await begin(port, '/healthz');
  const ready = await begin(port, '/readyz');

  const closed = app.close();
  await new Promise((resolve) => setImmediate(resolve));

  t.match(await end(alive), /^HTTP\/1\.1 200 [\s\S]*\{"status":"ok"\}$/);
  t.match(await end(ready), /^HTTP\/1\.1 503 [\s\S]*\{"status":"shutting down"\}$/);
  await closed;
});

/** A connection with a started request, for which a closing server waits. */
async function begin(port: number, path: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n`);
  // The server must have read the beginning, which no answer shows yet.
  await new Promise((resolve) => setTimeout(resolve, 100));
  return socket;
}

async function end(socket: Socket): Promise<string> {
  socket.write('\r\n');
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  return answer;
}
