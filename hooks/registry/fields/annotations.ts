import { Type } from '@sinclair/typebox';
import { describe, type Problem, shorten } from '../../problem.ts';
import { dnsSubdomain } from '../../text/dns-names.ts';
import { type Rule, withRules } from '../rule.ts';
import { TEXT_LIMIT } from './common.ts';

/** More than any controller reads. */
const KEYS_LIMIT = 50;
/** How much of a key, which may be of any length, the name of a field has. */
const SHOWN = 100;

/** What this project and Metacontroller write and read back: what was applied, and of which configuration. */
const reserved = ['metacontroller.k8s.io/', 'toolhive.stacklok.dev/'] as const;

/** apimachinery: pkg/util/validation/validation.go, IsQualifiedName. */
const name = /^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]$/;
const prefix = new RegExp(dnsSubdomain.pattern);

/**
 * Whether the API server takes a text as the key of an annotation: it lower-cases the key before it looks at it
 * (apimachinery: pkg/api/validation/objectmeta.go, ValidateAnnotations).
 */
function isKey(key: string): boolean {
  if (key.length > dnsSubdomain.maxLength + '/'.length + 63) return false;
  const [first = '', second, ...others] = key.split('/');
  if (second === undefined) return name.test(first);
  const isPrefix = first.length <= dnsSubdomain.maxLength && prefix.test(first.toLowerCase());
  return isPrefix && name.test(second) && others.length === 0;
}

type AnnotationMap = Readonly<Record<string, string>>;

// Not in CEL: the keys of a map have no limit that a CRD can state, and so no pattern that is cheap enough to be matched.
const validKeys: Rule<AnnotationMap> = {
  check: (annotations, field) =>
    problemsOf(
      annotations,
      field,
      (key) => !isKey(key),
      (key) =>
        `must be the key of an annotation, found ${describe(key)}: a name of at most 63 letters, digits, "-", "_" and ".", with a letter or digit at both ends, which may follow a DNS name and "/"`,
    ),
};

const noneReserved: Rule<AnnotationMap> = {
  message: `must have no key that begins with ${reserved.join(' or ')}: remove it`,
  cel: `!self.exists(key, ${reserved.map((start) => `key.startsWith('${start}')`).join(' || ')})`,
  check: (annotations, field) =>
    problemsOf(
      annotations,
      field,
      (key) => reserved.some((start) => key.startsWith(start)),
      () => `must not begin with ${reserved.join(' or ')}: remove it`,
    ),
};

const problemsOf = (
  annotations: AnnotationMap,
  field: string,
  isWrong: (key: string) => boolean,
  message: (key: string) => string,
): Problem[] =>
  Object.keys(annotations)
    .filter(isWrong)
    .map((key) => ({ field: `${field}.${shorten(key, SHOWN)}`, message: message(key) }));

/** Annotations of a child that a user gives, each with a key that the API server accepts and no one of ours. */
export const Annotations = (description: string) =>
  withRules(
    Type.Record(Type.String(), Type.String({ maxLength: TEXT_LIMIT }), {
      description,
      maxProperties: KEYS_LIMIT,
    }),
    [noneReserved, validKeys],
  );
