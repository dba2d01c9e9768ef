import { validate as validatePodTemplate } from 'kubernetes-models/_schemas/IoK8sApiCoreV1PodTemplateSpec';
import { validate as validateVolume } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Volume';
import { validate as validateVolumeMount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1VolumeMount';
import { valueAt } from '../json.ts';
import { describe, fieldName, type Problem } from '../problem.ts';
import { unknownFields } from './unknown-fields.ts';

/** An error of a validator that Ajv compiled (https://ajv.js.org/api.html#validation-errors). */
interface SchemaError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}
type Validator = ((data: unknown) => boolean) & { errors?: readonly SchemaError[] | null };

// kubernetes-models declares its validators without `errors`, which Ajv sets on each.
const schemas = {
  podTemplate: { validate: validatePodTemplate as Validator, type: 'PodTemplateSpec' },
  volume: { validate: validateVolume as Validator, type: 'Volume' },
  volumeMount: { validate: validateVolumeMount as Validator, type: 'VolumeMount' },
} as const;

/**
 * Where a part of a pod is not valid against its Kubernetes schema. Unknown fields are problems as well, because the API
 * server would drop them silently.
 *
 * @param pointer JSON pointer of the value below the spec, such as `/podTemplateSpec`
 * @param partial whether the value is a patch, in which required fields may be missing
 */
export function podSchemaProblems(
  schema: keyof typeof schemas,
  value: unknown,
  pointer: string,
  partial = false,
): Problem[] {
  const { validate, type } = schemas[schema];
  const errors = validate(value) ? [] : (validate.errors ?? []);
  const byPath = new Map<string, SchemaError[]>();
  for (const error of errors) {
    const missing = error.keyword === 'required' ? `/${error.params['missingProperty']}` : '';
    const path = `${error.instancePath}${missing}`;
    // In a patch, a missing field is not changed, null removes a field, and a directive is not a field.
    if (partial && (missing || valueAt(value, path) === null || path.includes('/$'))) continue;
    byPath.set(path, [...(byPath.get(path) ?? []), error]);
  }
  return [
    ...[...byPath].map(([path, group]) => ({
      field: fieldName(`${pointer}${path}`),
      message: explainErrors(group, valueAt(value, path)),
    })),
    ...unknownFields(value, type, partial).map((unknown) => ({
      field: fieldName(`${pointer}${unknown.pointer}`),
      message: `is not a field that Kubernetes knows: remove it, or use one of ${unknown.known.join(', ')}`,
    })),
  ];
}

const formats: Record<string, string> = {
  quantity: 'a quantity such as 500m, 2 or 1Gi',
  int32: 'a whole number',
  int64: 'a whole number',
  'date-time': 'a time such as 2006-01-02T15:04:05Z',
};
const types: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'a string',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** One message for all errors of one value: a validator reports each alternative as an error of its own. */
function explainErrors(errors: readonly SchemaError[], value: unknown): string {
  if (errors.some(({ keyword }) => keyword === 'required')) return 'is required: give it a value';
  const allowed = errors.flatMap(({ keyword, params }) => {
    // Ajv has a list of the values in the parameters of `enum`.
    if (keyword === 'enum') return [`one of ${(params['allowedValues'] as unknown[]).join(', ')}`];
    if (keyword === 'format') return [formats[String(params['format'])] ?? `of the form ${params['format']}`];
    return keyword === 'type' ? [types[String(params['type'])] ?? String(params['type'])] : [];
  });
  const quantity = allowed.find((text) => text === formats['quantity']);
  const expected = quantity ?? ([...new Set(allowed)].join(' or ') || 'something else');
  return `must be ${expected}, found ${describe(value)}`;
}
