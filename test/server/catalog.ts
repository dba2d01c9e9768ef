/** An MCP server of a catalogue, as `server.json` of the MCP registry describes it. */
export interface CatalogServer {
  readonly $schema: string;
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly packages: readonly unknown[];
  readonly _meta?: object;
}

/** A name, or a name with the tags that filters look at. */
export type CatalogEntry =
  | string
  | { readonly name: string; readonly version?: string; readonly tags?: readonly string[] };

/** The entries as MCP servers. */
export const catalogServers = (entries: readonly CatalogEntry[]): CatalogServer[] =>
  entries.map((entry) => {
    const { name, version = '1.0.0', tags } = typeof entry === 'string' ? { name: entry } : entry;
    const image = `ghcr.io/${name}:${version}`;
    return {
      $schema: 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json',
      name,
      description: `The MCP server ${name}`,
      version,
      packages: [
        {
          registryType: 'oci',
          identifier: image,
          transport: { type: 'streamable-http', url: 'http://localhost:8080' },
        },
      ],
      ...(tags
        ? {
            _meta: {
              'io.modelcontextprotocol.registry/publisher-provided': {
                [PUBLISHER]: { [image]: { status: 'active', tags } },
              },
            },
          }
        : {}),
    };
  });

/** Whose extensions ToolHive reads. */
const PUBLISHER = 'io.github.stacklok';

/** The text of a catalogue in the format of the MCP registry, which the server reads from files and repositories. */
export const upstreamCatalog = (entries: readonly CatalogEntry[]): string =>
  JSON.stringify({
    $schema:
      'https://raw.githubusercontent.com/stacklok/toolhive-core/main/registry/types/data/upstream-registry.schema.json',
    version: '1.0.0',
    meta: { last_updated: '2026-01-01T00:00:00Z' },
    data: { servers: catalogServers(entries) },
  });
