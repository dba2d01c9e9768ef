import { SpecObject } from '../../fields/common.ts';
import { AbsoluteUrl } from '../../fields/url.ts';
import { afterInterval, sourceKind } from '../kind.ts';

export const api = sourceKind({
  schema: SpecObject(
    {
      endpoint: AbsoluteUrl(
        'Base URL of the API, without the path /v0.1/servers. It is read only if it serves /openapi.yaml as the official registry does, which a ToolHive registry server does not.',
      ),
    },
    { description: `Another registry that speaks the MCP Registry API. ${afterInterval}` },
  ),
  inline: true,
  synced: true,
  // Servers of 1.1 refuse any other format of an API, and later ones don't read the field.
  plan: ({ endpoint }) => ({ config: { format: 'upstream', api: { endpoint } } }),
});
