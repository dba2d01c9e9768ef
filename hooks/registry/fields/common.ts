import {
  type ArrayOptions,
  type ObjectOptions,
  type StringOptions,
  type TProperties,
  type TSchema,
  Type,
} from '@sinclair/typebox';
import { dnsLabel, dnsSubdomain } from '../../text/dns-names.ts';
import { claimProblems } from '../claim-problems.ts';
import { withRules } from '../rule.ts';

declare module '@sinclair/typebox' {
  interface SchemaOptions {
    /** What the value must be, as the end of the sentence "must be …": used in messages, not in the CRD. */
    expects?: string;
  }
}

/**
 * An object of a spec. Unknown fields are let pass: the API server prunes what its CRD does not know, so one
 * that reaches the hook was written for another release of the resource.
 */
export const SpecObject = <P extends TProperties>(properties: P, options: ObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: true, ...options });

/**
 * An object inside a free-form field: the API server prunes nothing there, so a field that is not known is a mistake, and
 * without it the object would mean something else.
 */
export const ClosedObject = <P extends TProperties>(properties: P) =>
  Type.Object(properties, { additionalProperties: false });

/** One of several words. */
export const OneOf = <const W extends readonly string[]>(words: W, options: StringOptions = {}) =>
  Type.Unsafe<W[number]>(
    Type.String({
      ...options,
      enum: [...words],
      pattern: `^(${words.join('|')})$`,
      expects: `one of ${words.join(', ')}`,
    }),
  );

/** The longest text, where nothing else limits it; a path of Linux has no more (limits.h: PATH_MAX). */
export const TEXT_LIMIT = 4096;
/** The most items of a list and keys of a map, where nothing else limits them. */
const ITEM_LIMIT = 1000;

/** Text that must not be empty. */
export const Text = (description: string, options: StringOptions = {}) =>
  Type.String({ description, minLength: 1, maxLength: TEXT_LIMIT, ...options });

/** A list with a limit that nobody reaches. */
export const List = <T extends TSchema>(items: T, options: ArrayOptions = {}) =>
  Type.Array(items, { maxItems: ITEM_LIMIT, ...options });

/** Any texts. */
export const Strings = (description: string) => List(Type.String({ maxLength: TEXT_LIMIT }), { description });

/** The server's rule for names of sources and of namespaces (toolhive-registry-server: internal/config/config.go). */
export const DnsLabel = (description: string) => Type.String({ description, ...dnsLabel });

/** Names and keys of ConfigMaps and Secrets (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
export const ObjectName = (description: string) =>
  Type.String({
    description,
    ...dnsSubdomain,
  });

/** A key of a ConfigMap or a Secret. */
export const DataKey = (description: string, options: StringOptions = {}) =>
  Type.String({
    description,
    ...options,
    // Kubernetes has no key that is "." or begins with "..", and neither would be a file name.
    pattern: '^\\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$',
    maxLength: 253,
    expects: 'a key of its data (letters, digits, "-", "_" and ".")',
  });

const Optional = Type.Optional(
  Type.Boolean({ description: 'Whether the pod may start while the object or the key does not exist.' }),
);

/** The server ends at start, or never gets ready, where what such a reference leads to is absent. */
const Needed = Type.Optional(
  Type.Boolean({ description: 'Must not be true: the server does not run without the object and the key.' }),
);

/** A key of a Secret in the registry's namespace, which the server needs. */
export const SecretKeyRef = (description: string) =>
  SpecObject(
    { name: ObjectName('Name of the Secret.'), key: DataKey('Key in the Secret.'), optional: Needed },
    { description },
  );

/** A key of a ConfigMap in the registry's namespace, which the server needs. */
export const NeededConfigMapKeyRef = (description: string) =>
  SpecObject(
    { name: ObjectName('Name of the ConfigMap.'), key: DataKey('Key in the ConfigMap.'), optional: Needed },
    { description },
  );

/** A key of a ConfigMap in the registry's namespace. */
export const ConfigMapKeyRef = (description: string) =>
  SpecObject(
    { name: ObjectName('Name of the ConfigMap.'), key: DataKey('Key in the ConfigMap.'), optional: Optional },
    { description },
  );

/** Reference to an object of the namespace by its name alone. */
export const LocalObjectReference = SpecObject({ name: ObjectName('Name of the Secret.') });

/** A free-form object, kept as it is by the API server, of which the schema has no more than `known`. */
export const FreeForm = <P extends TProperties>(description: string, known: P) =>
  SpecObject(known, { description, 'x-kubernetes-preserve-unknown-fields': true });

/** Claims: a string or a list of strings for each name. CEL does not see into them. */
export const Claims = (description: string) =>
  withRules(
    Type.Record(
      Type.String(),
      Type.Union([Type.String(), Type.Array(Type.String())], { expects: 'a string or a list of strings' }),
      {
        description: `${description} Their names are in lower case, as the server reads them.`,
        maxProperties: ITEM_LIMIT,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    ),
    [{ check: claimProblems }],
  );

/** The words as a sentence lists them: `a, b and c`. */
export const sentenceList = (words: readonly string[], conjunction: 'and' | 'or') =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`;
