import { Type } from '@sinclair/typebox';
import { SpecObject } from '../../fields/common.ts';
import { GoDuration } from '../../fields/go-duration.ts';
import { AbsoluteUrl } from '../../fields/url.ts';
import { afterInterval, sourceKind } from '../kind.ts';

export const url = sourceKind({
  schema: SpecObject(
    {
      endpoint: AbsoluteUrl('URL of the file, over https or http.'),
      timeout: Type.Optional(GoDuration('How long one download may take; the server has 30s by default.')),
    },
    { description: `A registry file behind a URL. ${afterInterval}` },
  ),
  inline: false,
  synced: true,
  plan: ({ endpoint, timeout }) => ({ config: { file: { url: endpoint, timeout } } }),
});
