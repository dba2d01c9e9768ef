import { isObject, type JsonObject } from '../../hooks/json.ts';
import type { StructuralSchema } from './structural-schema.ts';

/**
 * What the API server says of a value under a structural schema with `fieldValidation: Strict`: wrong
 * types, values out of bounds, missing and unknown fields. Keywords that no schema here uses are not read.
 *
 * @returns a sentence for each violation, each starts with the path; none for a valid value
 */
export function violations(schema: StructuralSchema, value: unknown, path: string): string[] {
  if (schema.type !== undefined && !isOfType(schema.type, value)) return [`${path}: is no ${schema.type}`];
  if (typeof value === 'string') return ofString(schema, value, path);
  if (typeof value === 'number') return ofNumber(schema, value, path);
  if (Array.isArray(value)) return ofArray(schema, value, path);
  if (isObject(value)) return ofObject(schema, value, path);
  return [];
}

function isOfType(type: string, value: unknown): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return isObject(value);
  return typeof value === type;
}

function ofString(schema: StructuralSchema, value: string, path: string): string[] {
  const { enum: words, pattern, minLength = 0, maxLength = Number.POSITIVE_INFINITY } = schema;
  if (words !== undefined && !words.includes(value)) return [`${path}: is none of ${words.join(', ')}`];
  if (typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value)) {
    return [`${path}: does not match ${pattern}`];
  }
  const fits = value.length >= Number(minLength) && value.length <= Number(maxLength);
  return fits ? [] : [`${path}: is too short or too long`];
}

function ofNumber(schema: StructuralSchema, value: number, path: string): string[] {
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  return value >= Number(minimum) && value <= Number(maximum) ? [] : [`${path}: is out of bounds`];
}

function ofArray(schema: StructuralSchema, value: readonly unknown[], path: string): string[] {
  const { items = {}, minItems = 0, maxItems = Number.POSITIVE_INFINITY } = schema;
  const fits = value.length >= Number(minItems) && value.length <= Number(maxItems);
  return [
    ...(fits ? [] : [`${path}: has too few or too many items`]),
    ...duplicates(schema['x-kubernetes-list-map-keys'], value).map((key) => `${path}: has ${key} twice`),
    ...(schema['x-kubernetes-list-type'] === 'set' && new Set(value).size < value.length
      ? [`${path}: has an item twice`]
      : []),
    ...value.flatMap((item, index) => violations(items, item, `${path}[${index}]`)),
  ];
}

/** Keys that two items of a list of type "map" share. */
function duplicates(mapKeys: unknown, items: readonly unknown[]): string[] {
  if (!Array.isArray(mapKeys)) return [];
  const keys = items
    .filter(isObject)
    .map((item) => mapKeys.map((key) => `${key} ${JSON.stringify(item[key])}`).join(', '));
  return keys.filter((key, index) => keys.indexOf(key) < index);
}

function ofObject(schema: StructuralSchema, value: JsonObject, path: string): string[] {
  const { properties = {}, required = [], additionalProperties, maxProperties } = schema;
  // Metadata is declared as a bare object: the API server has a schema of its own for it.
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true || path === 'metadata';
  const fits = Object.keys(value).length <= Number(maxProperties ?? Number.POSITIVE_INFINITY);
  return [
    ...(fits ? [] : [`${path}: has too many keys`]),
    ...required.filter((name) => !(name in value)).map((name) => `${path}.${name}: is required`),
    ...Object.entries(value).flatMap(([name, inner]) => {
      const below = properties[name] ?? additionalProperties;
      const place = path === '' ? name : `${path}.${name}`;
      if (below !== undefined) return violations(below, inner, place);
      return isOpen ? [] : [`${place}: is unknown`];
    }),
  ];
}
