import { isObject, objectOf, pointerBelow } from '../json.ts';
import { fieldName, type Problem } from '../problem.ts';
import { isFreeMap, isQuantity, isQuantityMap } from './field-kinds.ts';
import { QUANTITY_LIMIT } from './quantity.ts';

/** The longest path of Linux (limits.h: PATH_MAX). */
const PATH_LIMIT = 4096;
const paths: ReadonlySet<string> = new Set([
  ...['mountPath', 'subPath', 'subPathExpr', 'devicePath', 'path', 'workingDir', 'terminationMessagePath'],
  'localhostProfile',
]);

/**
 * Quantities and paths in a part of a pod that are longer than any valid one. Check them before anything else reads them:
 * the time to canonicalize a quantity grows with the square of its length.
 *
 * @param pointer JSON pointer of the value below the spec, such as `/podTemplateSpec`
 */
export function lengthProblems(value: unknown, pointer: string): Problem[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, index) => lengthProblems(item, `${pointer}/${index}`));
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, item]) => {
    const at = pointerBelow(pointer, name);
    if (isQuantityMap(name)) {
      return Object.entries(objectOf(item)).flatMap(([resource, quantity]) =>
        tooLong(quantity, QUANTITY_LIMIT, pointerBelow(at, resource)),
      );
    }
    if (isFreeMap(name)) return [];
    if (isQuantity(name)) return tooLong(item, QUANTITY_LIMIT, at);
    if (paths.has(name)) return tooLong(item, PATH_LIMIT, at);
    return lengthProblems(item, at);
  });
}

function tooLong(text: unknown, limit: number, pointer: string): Problem[] {
  return typeof text === 'string' && text.length > limit
    ? [
        {
          field: fieldName(pointer),
          message: `may have at most ${limit} characters, found ${text.length}: shorten it`,
        },
      ]
    : [];
}
