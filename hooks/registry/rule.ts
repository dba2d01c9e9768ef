import type { Static, TSchema } from '@sinclair/typebox';
import type { Problem } from '../problem.ts';

declare module '@sinclair/typebox' {
  interface SchemaOptions {
    /** What must hold of the value beside its schema. Set it with `withRules`. */
    rules?: readonly Rule<never>[];
    /** The rules that the API server checks too, as the CRD has them. `withRules` derives them. */
    'x-kubernetes-validations'?: readonly ValidationRule[];
  }
}

/**
 * What must hold of a value that its schema can't express. The hook checks every rule. A rule that has `cel` is also in
 * the CRD, so that `kubectl apply` reports it at once: there its CEL must not refuse what its check accepts.
 */
export type Rule<T> = CelRule<T> | HookRule<T>;

interface CelRule<T> {
  /** The field below the value that the message is about, such as `.authz`; else the value itself. */
  readonly field?: string;
  /** What is wrong and what to do, as the rest of a sentence that begins with the field. */
  readonly message: string;
  /**
   * What must hold of `self`, the value. The API server limits the estimated cost of a rule: a list that it walks needs
   * `maxItems`, a text that it matches `maxLength`.
   */
  readonly cel: string;
  /**
   * @param field the name of the value, such as `spec.sources[0]`
   * @returns whether the rule holds, or problems that say more than `message` does: the item, what was found
   */
  readonly check: (value: T, field: string) => boolean | readonly Problem[];
}

/** A rule that CEL can't express, or that the API server checks in another way. */
interface HookRule<T> {
  readonly field?: never;
  readonly message?: never;
  readonly cel?: never;
  readonly check: (value: T, field: string) => readonly Problem[];
}

/**
 * An item of `x-kubernetes-validations`
 * (https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules).
 */
export interface ValidationRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/**
 * The schema with rules about its values, after those that it has already.
 *
 * @param rules in the order in which the CRD lists them
 */
export function withRules<S extends TSchema>(schema: S, rules: readonly Rule<Static<S>>[]): S {
  const all = [...(schema.rules ?? []), ...rules];
  const validations = all.flatMap(validationOf);
  return {
    ...schema,
    rules: all,
    ...(validations.length > 0 ? { 'x-kubernetes-validations': validations } : {}),
  };
}

const validationOf = ({ cel, message, field }: Rule<never>): ValidationRule[] =>
  cel === undefined ? [] : [{ rule: cel, message, ...(field === undefined ? {} : { fieldPath: field }) }];

/**
 * The rules of a schema that a value breaks. Those of its fields and items are not checked.
 *
 * @param value has the type that the rules are written for
 * @param field the name of the value
 */
export function brokenRules(schema: TSchema, value: unknown, field: string): Problem[] {
  return (schema.rules ?? []).flatMap((rule) => {
    // A schema carries rules of any type; `withRules` lets only those in that fit its values.
    const result = rule.check(value as never, field);
    if (result === true) return [];
    return result === false ? [{ field: field + (rule.field ?? ''), message: rule.message ?? '' }] : result;
  });
}

/**
 * The rules that a value and its fields break. The fields of an object that breaks a rule of its own are not checked.
 *
 * @param value satisfies the schema
 * @param field the name of the value
 */
export function brokenRulesWithin(schema: TSchema, value: unknown, field: string): Problem[] {
  const own = brokenRules(schema, value, field);
  if (own.length > 0) return own;
  return ruledFields(schema).flatMap(([name, property]) => {
    // A schema with properties is one of an object, and the value satisfies it.
    const inner = (value as Readonly<Record<string, unknown>>)[name];
    return inner === undefined ? [] : brokenRulesWithin(property, inner, `${field}.${name}`);
  });
}

/** Whether a schema has rules, or its fields have. */
export const hasRules = (schema: TSchema): boolean =>
  schema.rules !== undefined || ruledFields(schema).length > 0;

const ruledFieldsOf = new WeakMap<TSchema, readonly (readonly [name: string, schema: TSchema])[]>();

/** The fields of a schema that have rules, or fields with rules: few do. */
function ruledFields(schema: TSchema): readonly (readonly [name: string, schema: TSchema])[] {
  const known = ruledFieldsOf.get(schema);
  if (known) return known;
  const fields = Object.entries<TSchema>(schema['properties'] ?? {}).filter(([, field]) => hasRules(field));
  ruledFieldsOf.set(schema, fields);
  return fields;
}
