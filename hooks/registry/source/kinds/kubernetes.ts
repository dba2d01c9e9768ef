import { Type } from '@sinclair/typebox';
import { DnsLabel, List, SpecObject } from '../../fields/common.ts';
import { sourceKind } from '../kind.ts';

export const kubernetes = sourceKind({
  schema: SpecObject(
    {
      namespaces: Type.Optional(
        List(DnsLabel('Name of a namespace.'), {
          description:
            "Namespaces to discover MCP servers in; the registry's own when empty. Rights in others have to be given there.",
        }),
      ),
    },
    { description: 'MCP servers discovered in the cluster.' },
  ),
  inline: false,
  synced: false,
  plan: ({ namespaces }) => ({ config: { kubernetes: namespaces?.length ? { namespaces } : {} } }),
});
