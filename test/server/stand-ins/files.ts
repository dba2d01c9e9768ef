import type { Handler } from './serve.ts';

/** Serves texts by their paths, such as `/registry.json`; the texts may change while it serves. */
export const filesHandler =
  (files: Readonly<Record<string, string>>): Handler =>
  (request, response) => {
    const text = files[new URL(request.url ?? '/', 'http://files').pathname];
    if (text === undefined) response.writeHead(404).end('not found\n');
    else response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  };

/** Takes everything, as a collector of telemetry does. */
export const collectorHandler: Handler = (request, response) => {
  request
    .resume()
    .once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
};
