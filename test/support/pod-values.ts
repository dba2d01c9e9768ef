import { podFields } from '../../hooks/pod/pod-fields.ts';

/** A type as `hooks/pod/pod-fields.ts` writes it, such as `Container[]`. */
export type FieldType = string;
export type ObjectTypeName = keyof typeof podFields;

/** The name of each field of an object type with its type; undefined for any other type. */
export const fieldsOf = (type: FieldType): Readonly<Record<string, FieldType>> | undefined =>
  Object.hasOwn(podFields, type) ? podFields[type as ObjectTypeName] : undefined;

/** The type of a list's items or of a map's values, and the key that one of them has in `filled`. */
export function itemOf(type: FieldType): { readonly key: string; readonly type: FieldType } | undefined {
  if (type.endsWith('[]')) return { key: '0', type: type.slice(0, -2) };
  const mapped = /^Map<(.+)>$/.exec(type)?.[1];
  return mapped === undefined ? undefined : { key: 'key', type: mapped };
}

/** A value of each type that has no fields. */
export const plainValues: Readonly<Record<FieldType, unknown>> = {
  string: 'a',
  number: 1,
  boolean: true,
  Quantity: '1Gi',
  IntOrString: 8080,
  Time: '2006-01-02T15:04:05Z',
  object: { free: { form: true } },
};

/**
 * A value of a type with every field set; lists and maps have one item.
 *
 * @param finish what becomes of each object that has fields, from the inside out
 */
export function filled(
  type: FieldType,
  finish: (object: Record<string, unknown>, type: ObjectTypeName, pointer: string) => unknown = (object) =>
    object,
  pointer = '',
): unknown {
  const item = itemOf(type);
  if (item) {
    const value = filled(item.type, finish, `${pointer}/${item.key}`);
    return type.endsWith('[]') ? [value] : { [item.key]: value };
  }
  const fields = fieldsOf(type);
  if (!fields) return plainValues[type];
  const values = Object.entries(fields).map(([name, fieldType]) => [
    name,
    filled(fieldType, finish, `${pointer}/${name}`),
  ]);
  return finish(Object.fromEntries(values), type as ObjectTypeName, pointer);
}
