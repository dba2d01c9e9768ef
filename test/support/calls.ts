import { once } from 'node:events';
import { type Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { ConnectionOptions } from 'node:tls';

/** An answer over a real socket. */
export interface Answer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly agent?: HttpAgent | HttpsAgent;
  /** The authorities that the caller trusts, and its own certificate. */
  readonly tls?: ConnectionOptions;
}

/** Calls a service: POST if there is a body, and GET otherwise. */
export async function call(url: string, options: CallOptions = {}): Promise<Answer> {
  const { headers = {}, body, agent, tls } = options;
  const send = url.startsWith('https:') ? httpsRequest : httpRequest;
  const request = send(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
      ...headers,
    },
    agent: agent ?? false,
    ...tls,
  });
  request.end(body);
  const [response] = await once(request, 'response');
  return { statusCode: response.statusCode, headers: response.headers, body: await text(response) };
}

/** Waits until a condition holds; fails after some seconds. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const end = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`timed out waiting until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
