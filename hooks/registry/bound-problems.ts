import { objectOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { exceededLimit } from '../text/json-limits.ts';
import { MCPRegistrySpec } from './spec.ts';

/**
 * Far more than any registry has, and far less than would overflow the stack or take long. The ConfigMap and
 * the Deployment have room for 262,144 bytes each (`children/size-problems.ts`): a text that is longer than both
 * together fits in neither.
 */
const LIMIT = { levels: 100, values: 10_000, characters: 524_288 };
/** `configYAML` is refused by its length before it is parsed. */
const { maxLength: CONFIG_LIMIT = 0 } = MCPRegistrySpec.properties.configYAML;

/**
 * Where a spec exceeds the bounds that are checked before anything else walks it or reads the texts in it.
 *
 * @param spec the spec as it was posted, of any type
 * @returns at most one problem
 */
export function boundProblems(spec: unknown): Problem[] {
  const { configYAML } = objectOf(spec);
  if (typeof configYAML === 'string' && configYAML.length > CONFIG_LIMIT) {
    const message = `may have at most ${CONFIG_LIMIT} characters, found ${configYAML.length}: shorten it`;
    return [{ field: 'spec.configYAML', message }];
  }
  const beyond = exceededLimit(spec, LIMIT);
  const what = { levels: 'levels', values: 'values', characters: 'characters of text' };
  return beyond
    ? [
        {
          field: 'spec',
          message: `has more than ${LIMIT[beyond]} ${what[beyond]}: remove what is not needed`,
        },
      ]
    : [];
}
