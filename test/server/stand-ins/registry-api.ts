import type { CatalogServer } from '../catalog.ts';
import { type Handler, sendJson } from './serve.ts';

/** What registry server 1.5.1 looks for in `/openapi.yaml` before it reads an upstream API. */
const OPENAPI = `openapi: 3.1.0
info:
  title: Official MCP Registry
  version: 1.0.0
  description: "[Repository](https://github.com/modelcontextprotocol/registry)"
`;

/** The API of the official registry: all servers on one page, and its description if `openapi` says so. */
export const registryApiHandler =
  (servers: readonly CatalogServer[], openapi: boolean): Handler =>
  (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://registry');
    if (pathname === '/openapi.yaml' && openapi) response.writeHead(200).end(OPENAPI);
    else if (pathname === '/v0.1/servers') {
      sendJson(response, {
        servers: servers.map((server) => ({ server, _meta: {} })),
        metadata: { count: servers.length },
      });
    } else sendJson(response, { title: 'Not Found', status: 404 }, 404);
  };
