import { Type } from '@sinclair/typebox';
import { describe, type Problem } from '../../../problem.ts';
import { DnsLabel, SpecObject } from '../../fields/common.ts';
import { withRules } from '../../rule.ts';
import { sourceKind } from '../kind.ts';

/** The server watches each namespace with a source of its own: `source/namespaces.ts`. */
export const NAMESPACE_LIMIT = 100;

/** The CRD has the list as one of type set. */
function repeatedNamespaces(namespaces: readonly string[], field: string): Problem[] {
  const seen = new Set<string>();
  return namespaces.flatMap((name, index) =>
    seen.has(name) || !seen.add(name)
      ? [
          {
            field: `${field}[${index}]`,
            message: `names ${describe(name)} a second time, which the server refuses: remove it`,
          },
        ]
      : [],
  );
}

const Namespaces = withRules(
  Type.Array(DnsLabel('Name of a namespace.'), {
    description:
      "Namespaces to discover MCP servers in, none of them twice; the registry's own when empty. Of several, each becomes a source of its own, <source>-<namespace>, in the place of this one. Rights in others have to be given there.",
    maxItems: NAMESPACE_LIMIT,
    'x-kubernetes-list-type': 'set',
  }),
  [{ check: repeatedNamespaces }],
);

export const kubernetes = sourceKind({
  schema: SpecObject(
    { namespaces: Type.Optional(Namespaces) },
    { description: 'MCP servers discovered in the cluster.' },
  ),
  inline: false,
  synced: false,
  plan: ({ namespaces }) => ({ config: { kubernetes: namespaces?.length ? { namespaces } : {} } }),
});
