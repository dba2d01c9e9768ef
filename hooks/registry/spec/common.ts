import {
  type ArrayOptions,
  type ObjectOptions,
  type StringOptions,
  type TProperties,
  type TSchema,
  Type,
} from '@sinclair/typebox';
import { dnsLabel, dnsSubdomain } from '../../text/dns-names.ts';

declare module '@sinclair/typebox' {
  interface SchemaOptions {
    /** What the value must be, as the end of the sentence "must be …": used in messages, not in the CRD. */
    expects?: string;
    /** What the API server asks of the value beside its schema, so that `kubectl apply` says it at once. */
    'x-kubernetes-validations'?: readonly ValidationRule[];
  }
}

/**
 * A rule in CEL
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules).
 * It says what a rule of `rules/` says, in its words, and never refuses what that lets pass. The API server limits
 * what a rule may cost by its estimate: a list that is walked needs `maxItems`, a text that is matched `maxLength`.
 */
export interface ValidationRule {
  /** What must hold of `self`, the value. */
  readonly rule: string;
  /** The rest of a sentence that begins with the field. */
  readonly message: string;
  /** The field below the value that the message is about, such as `.authz`; else the value. */
  readonly fieldPath?: string;
}

/** Whether exactly one of the fields of `variable` is set, in CEL. */
export const exactlyOneOf = (variable: string, fields: readonly string[]) =>
  `[${fields.map((field) => `has(${variable}.${field})`).join(', ')}].exists_one(set, set)`;

/** Whether any of the fields of `variable` is set, in CEL. */
export const anyOf = (variable: string, fields: readonly string[]) =>
  fields.map((field) => `has(${variable}.${field})`).join(' || ');

/**
 * An object of a spec. Unknown fields are let pass: the API server prunes what its CRD does not know, so one
 * that reaches the hook was written for another release of the resource.
 */
export const SpecObject = <P extends TProperties>(properties: P, options: ObjectOptions = {}) =>
  Type.Object(properties, { additionalProperties: true, ...options });

/** One of several words. */
export const OneOf = <const W extends readonly string[]>(words: W, options: StringOptions = {}) =>
  Type.Unsafe<W[number]>(
    Type.String({
      ...options,
      enum: [...words],
      pattern: `^(${words.join('|')})$`,
      expects: wordList(words),
    }),
  );

const wordList = (words: readonly string[]) => `one of ${words.join(', ')}`;

/** As many characters as a text has at most that nothing else bounds; a path of Linux has no more (limits.h: PATH_MAX). */
export const TEXT_LIMIT = 4096;
/** As many items as a list has at most, and keys a map, that nothing else bounds. */
const ITEM_LIMIT = 1000;

/** Text that must not be empty. */
export const Text = (description: string, options: StringOptions = {}) =>
  Type.String({ description, minLength: 1, maxLength: TEXT_LIMIT, ...options });

/** A list of no more items than anybody needs. */
export const List = <T extends TSchema>(items: T, options: ArrayOptions = {}) =>
  Type.Array(items, { maxItems: ITEM_LIMIT, ...options });

/** Any texts. */
export const Strings = (description: string) => List(Type.String({ maxLength: TEXT_LIMIT }), { description });

/** The server's rule for names of sources and of namespaces (toolhive-registry-server: internal/config/config.go). */
export const DnsLabel = (description: string) =>
  Type.String({
    description,
    ...dnsLabel,
  });

/** A duration as Go writes it (https://pkg.go.dev/time#ParseDuration), without a sign. */
export const GoDuration = (description: string, options: StringOptions = {}) =>
  Type.String({
    description,
    pattern: '^([0-9]+(\\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$',
    maxLength: 64,
    expects: 'a Go duration such as 30m or 1h30m',
    'x-kubernetes-validations': [
      { rule: "duration(self) >= duration('0s')", message: 'is longer than the server can count' },
    ],
    ...options,
  });

/**
 * Whether a text is an absolute URL to Go, in CEL, as `rules/go.ts` has it; the function `isURL` would refuse a
 * fragment right behind the host.
 */
export const isAbsoluteUrl = (variable: string) =>
  String.raw`${variable}.matches(r'^https?://([^\s/?#@\\%]*@)?([[][0-9a-fA-F:.]+[]]|[^\s/?#@:[\]\\%<>"^{|}\x60]+)(:[0-9]*)?(/([^\s?#%\\]|%[0-9a-fA-F]{2})*)?([?][^\s#]*)?(#([^\s%]|%[0-9a-fA-F]{2})*)?$')`;

/** An http or https URL. */
export const HttpUrl = (description: string, options: StringOptions = {}) =>
  Type.String({
    description,
    pattern: '^https?://.+',
    maxLength: 2048,
    expects: 'a URL that starts with http:// or https://',
    ...options,
  });

/** Names and keys of ConfigMaps and Secrets (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). */
export const ObjectName = (description: string) =>
  Type.String({
    description,
    ...dnsSubdomain,
  });

const DataKey = (description: string) =>
  Type.String({
    description,
    // Kubernetes has no key that is "." or begins with "..", and neither would be a file name.
    pattern: '^\\.?[-_a-zA-Z0-9][-._a-zA-Z0-9]*$',
    maxLength: 253,
    expects: 'a key of its data (letters, digits, "-", "_" and ".")',
  });

const Optional = Type.Optional(
  Type.Boolean({ description: 'Whether the pod may start while the object or the key does not exist.' }),
);

/** A key of a Secret in the registry's namespace. */
export const SecretKeyRef = (description: string) =>
  SpecObject(
    { name: ObjectName('Name of the Secret.'), key: DataKey('Key in the Secret.'), optional: Optional },
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

/** A free-form object, kept as it is by the API server, of which no more than `known` is told. */
export const FreeForm = <P extends TProperties>(description: string, known: P) =>
  SpecObject(known, { description, 'x-kubernetes-preserve-unknown-fields': true });

/** Claims: a string or a list of strings for each name. */
export const Claims = (description: string) =>
  Type.Record(
    Type.String(),
    Type.Union([Type.String(), Type.Array(Type.String())], { expects: 'a string or a list of strings' }),
    { description, maxProperties: ITEM_LIMIT, 'x-kubernetes-preserve-unknown-fields': true },
  );
