import { pointerBelow } from '../json.ts';
import { podFields } from './pod-fields.ts';

/** A field that Kubernetes does not have, which the API server would drop. */
export interface UnknownField {
  /** JSON pointer below the value. */
  readonly pointer: string;
  /** The fields that are allowed there, in alphabetical order. */
  readonly known: readonly string[];
}

const objectTypes: Readonly<Record<string, Readonly<Record<string, string>>>> = podFields;

/**
 * The fields of a value that its type does not have, in the order of the value. Free-form objects, maps and values of a
 * wrong type are skipped.
 *
 * @param value a JSON value
 * @param type an object type of Kubernetes
 * @param isPatch whether the value is a strategic merge patch, whose directives (`$patch`) are not fields
 */
export function unknownFields(
  value: unknown,
  type: keyof typeof podFields,
  isPatch: boolean,
): UnknownField[] {
  const found: UnknownField[] = [];
  collect(value, type, '', isPatch, found);
  return found;
}

/** Recursion follows the types, and no type contains itself, so the depth is bounded. */
function collect(
  value: unknown,
  type: string,
  pointer: string,
  isPatch: boolean,
  found: UnknownField[],
): void {
  if (typeof value !== 'object' || value === null) return;
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return;
    const itemType = type.slice(0, -2);
    for (const [index, item] of value.entries())
      collect(item, itemType, `${pointer}/${index}`, isPatch, found);
    return;
  }
  const fields = objectTypes[type];
  if (fields === undefined || Array.isArray(value)) return;
  for (const key of Object.keys(value)) {
    if (isPatch && key.startsWith('$')) continue;
    const fieldType = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (fieldType !== undefined)
      collect(Reflect.get(value, key), fieldType, `${pointer}/${key}`, isPatch, found);
    else found.push({ pointer: pointerBelow(pointer, key), known: Object.keys(fields) });
  }
}
