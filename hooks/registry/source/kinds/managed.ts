import { SpecObject } from '../../fields/common.ts';
import { sourceKind } from '../kind.ts';

/** A registry can have one; `source/rules.ts` has the rule, since it is about the list. */
export const managed = sourceKind({
  schema: SpecObject({}, { description: 'A source that is filled through the registry API. At most one.' }),
  inline: false,
  synced: false,
  plan: () => ({ config: { managed: {} } }),
});
