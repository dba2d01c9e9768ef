import { Type } from '@sinclair/typebox';
import { SpecObject } from '../../fields/common.ts';
import { BoundedGoDuration } from '../../fields/go-duration.ts';
import { AbsoluteUrl } from '../../fields/url.ts';
import { afterInterval, sourceKind } from '../kind.ts';

export const api = sourceKind({
  schema: SpecObject(
    {
      endpoint: AbsoluteUrl(
        'Base URL of the API, without the path /v0.1/servers. It is read only if it serves /openapi.yaml as the official registry does, which a ToolHive registry server does not.',
      ),
      timeout: Type.Optional(
        BoundedGoDuration(
          'How long one request may take, at most 5m; the server has 10s by default. Servers before v1.5.0 ignore it.',
          '5m',
        ),
      ),
    },
    { description: `Another registry that speaks the MCP Registry API. ${afterInterval}` },
  ),
  inline: true,
  synced: true,
  // Servers of 1.1 refuse any other format of an API, and later ones don't read the field.
  plan: ({ endpoint, timeout }) => ({ config: { format: 'upstream', api: { endpoint, timeout } } }),
});
