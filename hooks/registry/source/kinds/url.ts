import { Type } from '@sinclair/typebox';
import { SpecObject } from '../../fields/common.ts';
import { GoDuration } from '../../fields/go-duration.ts';
import { AbsoluteUrl } from '../../fields/url.ts';
import { sourceKind } from '../kind.ts';

export const url = sourceKind({
  schema: SpecObject(
    {
      endpoint: AbsoluteUrl('URL of the file. The server wants https unless the host is localhost.'),
      timeout: Type.Optional(GoDuration('How long one download may take; the server has 30s by default.')),
    },
    { description: 'A registry file behind a URL.' },
  ),
  inline: false,
  synced: true,
  plan: ({ endpoint, timeout }) => ({ config: { file: { url: endpoint, timeout } } }),
});
