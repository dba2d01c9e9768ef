import { validate as validatePodTemplate } from 'kubernetes-models/_schemas/IoK8sApiCoreV1PodTemplateSpec';
import { validate as validateVolume } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Volume';
import { validate as validateVolumeMount } from 'kubernetes-models/_schemas/IoK8sApiCoreV1VolumeMount';
import { test } from 'tap';
import { podFields } from '../../../hooks/pod/pod-fields.ts';
import { type FieldType, fieldsOf, filled, itemOf, plainValues } from '../../support/pod-values.ts';

type Validator = ((data: unknown) => boolean) & {
  errors?: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
};
const validators: Readonly<Record<string, Validator>> = {
  PodTemplateSpec: validatePodTemplate,
  Volume: validateVolume,
  VolumeMount: validateVolumeMount,
};

/** A value that no validator accepts for the type. */
const wrongValues: Readonly<Record<FieldType, unknown>> = {
  string: 7,
  number: 'a',
  boolean: 'a',
  Quantity: true,
  IntOrString: true,
  Time: 7,
  object: 'a',
};

interface Place {
  readonly pointer: string;
  readonly type: FieldType;
}

/**
 * Every place below a type, objects, lists and their items included.
 *
 * @throws Error if a type contains itself: then nothing bounds how deep a pod may be
 */
function* placesBelow(type: FieldType, pointer = '', within: readonly FieldType[] = []): Generator<Place> {
  if (within.includes(type)) throw new Error(`${pointer}: ${type} contains itself`);
  const item = itemOf(type);
  const below = item ? [[item.key, item.type] as const] : Object.entries(fieldsOf(type) ?? {});
  for (const [key, typeBelow] of below) {
    const place = { pointer: `${pointer}/${key}`, type: typeBelow };
    yield place;
    yield* placesBelow(place.type, place.pointer, [...within, type]);
  }
}

/** A value with another at the end of a pointer, and nothing else. */
const nested = (pointer: string, value: unknown): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduceRight((inner, token) => (token === '0' ? [inner] : { [token]: inner }), value);

const errorsAt = (validate: Validator, pointer: string, value: unknown) =>
  validate(nested(pointer, value))
    ? []
    : (validate.errors ?? []).filter(({ instancePath }) => instancePath === pointer);

test('the table holds the types that a registry may hold and no others', async (t) => {
  const used = new Set(Object.keys(validators));
  for (const root of Object.keys(validators)) for (const { type } of placesBelow(root)) used.add(type);
  const single = [...used].filter((type) => !itemOf(type) && !(type in plainValues));
  t.strictSame(single.sort(), Object.keys(podFields).sort());
});

for (const [root, validate] of Object.entries(validators)) {
  test(`the validator of ${root} reads the fields of the table and no others`, async (t) => {
    const reads = new Map<string, { readonly type: string; readonly names: Set<string> }>();
    const value = filled(root, (object, type, pointer) => {
      const names = new Set<string>();
      reads.set(pointer, { type, names });
      return new Proxy(object, {
        get: (target, name, receiver) => {
          if (typeof name === 'string') names.add(name);
          return Reflect.get(target, name, receiver);
        },
      });
    });
    validate(value);
    const different = [...reads]
      .map(([pointer, { type, names }]) => ({
        pointer,
        read: [...names].sort(),
        table: Object.keys(fieldsOf(type) ?? {}),
      }))
      .filter(({ read, table }) => read.join() !== table.join());
    t.strictSame(different, []);
    t.ok(reads.size > 0);
  });

  test(`the validator of ${root} requires the types of the table`, async (t) => {
    const places = [...placesBelow(root)];
    const wrongAccepted = places.filter(
      ({ pointer, type }) => errorsAt(validate, pointer, wrongValues[type] ?? 'a').length === 0,
    );
    t.strictSame(wrongAccepted, [], 'a value of another type is refused');
    const rightRefused = places.flatMap(({ pointer, type }) =>
      errorsAt(validate, pointer, filled(type))
        // The table knows an enumeration as a string, and leaves out which fields are required.
        .filter(({ keyword }) => keyword !== 'enum' && keyword !== 'required')
        .map((error) => ({ type, ...error })),
    );
    t.strictSame(rightRefused, [], 'a value of the type is not');
  });
}
