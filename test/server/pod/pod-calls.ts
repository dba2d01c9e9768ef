/** What a caller of a registry does, over HTTP. */

export interface Answer {
  readonly status: number;
  /** JSON as a value; anything else as text. */
  readonly body: unknown;
}

export interface View {
  readonly status: number;
  /** Names of its MCP servers, sorted; those of all pages. */
  readonly servers: readonly string[];
  readonly body: unknown;
}

interface CallOptions {
  /** Bearer token. */
  readonly token?: string | undefined;
  readonly body?: unknown;
}

export interface PodCalls {
  readonly url: string;
  readonly call: (method: string, path: string, options?: CallOptions) => Promise<Answer>;
  readonly get: (path: string, options?: CallOptions) => Promise<Answer>;
  /** All MCP servers of a view. */
  readonly view: (name: string, options?: CallOptions) => Promise<View>;
}

const CALL_TIMEOUT_MS = 30_000;
const MAX_PAGES = 50;

/** Calls of the API of a registry server. */
export function httpCalls(url: string): PodCalls {
  const call: PodCalls['call'] = async (method, path, { token, body } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        // A pod that is being replaced must not be called over a connection to the old one.
        connection: 'close',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return { status: response.status, body: parsed(await response.text()) };
  };
  const get: PodCalls['get'] = (path, options) => call('GET', path, options);
  const view: PodCalls['view'] = async (name, options) => {
    const servers: string[] = [];
    let cursor = '';
    for (let page = 0; page < MAX_PAGES; page++) {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const path = `/registry/${encodeURIComponent(name)}/v0.1/servers?limit=100${query}`;
      const { status, body } = await get(path, options);
      const list = body as Page;
      if (status !== 200 || !list?.servers) return { status, servers: [], body };
      servers.push(...list.servers.map(({ server }) => server.name));
      cursor = list.metadata?.nextCursor ?? '';
      if (cursor === '') return { status, servers: servers.sort(), body };
    }
    throw new Error(`the view ${name} has more than ${MAX_PAGES} pages`);
  };
  return { url, call, get, view };
}

interface Page {
  readonly servers?: readonly { readonly server: { readonly name: string } }[];
  readonly metadata?: { readonly nextCursor?: string };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
