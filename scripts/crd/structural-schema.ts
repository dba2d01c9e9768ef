import { Kind, OptionalKind, type TSchema } from '@sinclair/typebox';

/** A node of a CRD's `openAPIV3Schema`. */
export interface StructuralSchema {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, StructuralSchema>>;
  readonly required?: readonly string[];
  readonly items?: StructuralSchema;
  readonly additionalProperties?: StructuralSchema;
  readonly enum?: readonly string[];
  readonly [keyword: string]: unknown;
}

/** Validations and annotations that mean the same in TypeBox and in a CRD. */
const carried = [
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'pattern',
];

/** Read by a branch below, or of use to the hook alone. */
const known = new Set([
  ...carried,
  ...['description', 'type', 'properties', 'required', 'items', 'additionalProperties', 'anyOf', 'const'],
  ...['patternProperties', 'expects', 'rules'],
  // Stated in the description. A default stored by the API server would stay when a later release has a better one, so
  // only the hook applies it.
  'default',
]);

const preserve = 'x-kubernetes-preserve-unknown-fields';
const intOrString = 'x-kubernetes-int-or-string';
/** The key that TypeBox gives to the values of `Type.Record(Type.String(), …)`. */
const anyKey = '^(.*)$';

/**
 * Translates a TypeBox schema into a structural schema
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema).
 * Whether an object tolerates unknown fields is dropped: the API server prunes them, unless
 * `x-kubernetes-preserve-unknown-fields` is set.
 *
 * @param path where the schema is, as in `spec.sources[].name`: for the error
 * @throws Error that names the path of what a structural schema can't express
 */
export function structuralSchema(schema: TSchema, path: string): StructuralSchema {
  for (const keyword of Object.keys(schema)) {
    if (!known.has(keyword) && !keyword.startsWith('x-kubernetes-')) refuse(path, `the keyword ${keyword}`);
  }
  const shape = shapeOf(schema, path);
  return { ...descriptionOf(schema), ...shape, ...keywordsOf(schema, shape) };
}

function descriptionOf({ description, default: value }: TSchema): StructuralSchema {
  const sentences = [
    ...(description === undefined ? [] : [description]),
    ...(value === undefined ? [] : [`Default: ${value}.`]),
  ];
  return sentences.length === 0 ? {} : { description: sentences.join(' ') };
}

function shapeOf(schema: TSchema, path: string): StructuralSchema {
  const kind = schema[Kind];
  switch (kind) {
    case 'String':
    case 'Integer':
    case 'Number':
    case 'Boolean':
      return { type: kind.toLowerCase() };
    case 'Literal':
      return enumOf([schema], path);
    case 'Array':
      return { type: 'array', items: structuralSchema(schema['items'], `${path}[]`) };
    case 'Object':
      return objectOf(schema, path);
    case 'Record':
      return recordOf(schema, path);
    case 'Union':
      return isUntyped(schema) ? {} : enumOf(schema['anyOf'], path);
    case 'Unknown':
      return isUntyped(schema) ? {} : refuse(path, `a value of any type without ${preserve}`);
    default:
      return refuse(path, `a schema of kind ${kind}`);
  }
}

/** The only nodes that may do without a type. */
const isUntyped = (schema: TSchema) => schema[preserve] === true || schema[intOrString] === true;

function objectOf(schema: TSchema, path: string): StructuralSchema {
  if (typeof schema['additionalProperties'] === 'object') {
    refuse(path, 'additionalProperties with properties');
  }
  const properties = Object.entries<TSchema>(schema['properties']);
  if (properties.length === 0) return { type: 'object' };
  return {
    type: 'object',
    ...requiredOf(properties),
    properties: Object.fromEntries(
      properties.map(([name, property]) => [name, structuralSchema(property, `${path}.${name}`)]),
    ),
  };
}

function requiredOf(properties: readonly (readonly [string, TSchema])[]) {
  const required = properties
    .filter(([, property]) => property[OptionalKind] !== 'Optional')
    .map(([name]) => name);
  return required.length === 0 ? {} : { required };
}

function recordOf(schema: TSchema, path: string): StructuralSchema {
  const [key, ...others] = Object.keys(schema['patternProperties']);
  if (key !== anyKey || others.length > 0) refuse(path, 'keys that follow a pattern');
  // What its values may be is then the hook's to judge: they may be of several types.
  if (schema[preserve] === true) return { type: 'object' };
  return {
    type: 'object',
    additionalProperties: structuralSchema(schema['patternProperties'][anyKey], `${path}.*`),
  };
}

function enumOf(members: readonly TSchema[], path: string): StructuralSchema {
  const words = members.map((member) => member['const']);
  if (!words.every((word) => typeof word === 'string')) refuse(path, 'a union of anything but words');
  return { type: 'string', enum: words };
}

function keywordsOf(schema: TSchema, shape: StructuralSchema): StructuralSchema {
  const keywords = Object.keys(schema).filter(
    (keyword) =>
      (carried.includes(keyword) || keyword.startsWith('x-kubernetes-')) &&
      // A pattern with an enum could only say the same again.
      !(keyword === 'pattern' && (schema['enum'] ?? shape.enum) !== undefined),
  );
  return Object.fromEntries(keywords.map((keyword) => [keyword, schema[keyword]]));
}

function refuse(path: string, what: string): never {
  throw new Error(`${path}: a structural schema can't express ${what}`);
}
