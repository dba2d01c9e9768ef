import { Type } from '@sinclair/typebox';
import { describe, type Problem, shorten } from '../../problem.ts';
import { type Rule, withRules } from '../rule.ts';
import { TEXT_LIMIT } from './common.ts';

/** More than any controller reads. */
const KEYS_LIMIT = 50;
/** How much of a key, which may be of any length, the name of a field has. */
const SHOWN = 100;

/**
 * What the API server takes as the key of an annotation, capital letters in the prefix as well (apimachinery:
 * pkg/api/validation/objectmeta.go, ValidateAnnotations; pkg/util/validation/validation.go, IsQualifiedName): the length
 * of its parts, which is looked at first, and their form.
 */
const lengths = '^(.{1,253}/)?[^/]{1,63}$';
const form =
  '^([A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?([.][A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?)*/)?([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$';

const hasLengths = new RegExp(lengths);
const hasForm = new RegExp(form);

/** What this project and Metacontroller write and read back: what was applied, and of which configuration. */
const reserved = ['metacontroller.k8s.io/', 'toolhive.stacklok.dev/'] as const;

const KEY =
  'a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, which may follow a DNS name and "/"';

type AnnotationMap = Readonly<Record<string, string>>;

/**
 * A rule about each key of a map.
 *
 * @param cel what must hold of `key`
 * @param messageOf about a key that breaks it
 */
const keyRule = (
  message: string,
  cel: string,
  holds: (key: string) => boolean,
  messageOf: (key: string) => string,
): Rule<AnnotationMap> => ({
  message,
  cel: `self.all(key, ${cel})`,
  check: (annotations, field) =>
    Object.keys(annotations)
      .filter((key) => !holds(key))
      .map((key): Problem => ({ field: `${field}.${shorten(key, SHOWN)}`, message: messageOf(key) })),
});

const validKeys = keyRule(
  `must have valid keys: ${KEY}`,
  `key.matches('${lengths}') && key.matches('${form}')`,
  (key) => hasLengths.test(key) && hasForm.test(key),
  (key) => `must be the key of an annotation, found ${describe(key)}: ${KEY}`,
);

const notReserved = keyRule(
  `must have no key that begins with ${reserved.join(' or ')}: remove it`,
  reserved.map((start) => `!key.startsWith('${start}')`).join(' && '),
  (key) => !reserved.some((start) => key.startsWith(start)),
  () => `must not begin with ${reserved.join(' or ')}: remove it`,
);

/** Annotations of a child that a user gives, with keys that the API server takes and that are none of ours. */
export const Annotations = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ maxLength: TEXT_LIMIT }), {
      description,
      maxProperties: KEYS_LIMIT,
    }),
    [validKeys, notReserved],
  );
