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
 * wrong type are skipped, and directives of a patch (`$patch`) are not fields.
 *
 * @param value a JSON value, or a strategic merge patch for it
 * @param type an object type of Kubernetes
 */
export function unknownFields(value: unknown, type: keyof typeof podFields): UnknownField[] {
  const found: UnknownField[] = [];
  collect(value, type, '', found);
  return found;
}

/** Recursion follows the types, and no type contains itself, so the depth is bounded. */
function collect(value: unknown, type: string, pointer: string, found: UnknownField[]): void {
  if (typeof value !== 'object' || value === null) return;
  if (type.endsWith('[]')) {
    if (!Array.isArray(value)) return;
    const itemType = type.slice(0, -2);
    for (const [index, item] of value.entries()) collect(item, itemType, `${pointer}/${index}`, found);
    return;
  }
  const fields = objectTypes[type];
  if (fields === undefined || Array.isArray(value)) return;
  for (const [key, item] of Object.entries(value)) {
    if (key.startsWith('$')) continue;
    const fieldType = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (fieldType !== undefined) collect(item, fieldType, `${pointer}/${key}`, found);
    else found.push({ pointer: pointerBelow(pointer, key), known: Object.keys(fields) });
  }
}
