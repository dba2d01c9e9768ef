import { Kind, type TSchema } from '@sinclair/typebox';
import { compile } from '../contract/compile.ts';
import { isObject, type JsonObject, listOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { brokenRules, brokenRulesWithin, hasRules } from './rule.ts';
import { MCPRegistrySpec } from './spec.ts';

const ruledFields = Object.entries<TSchema>(MCPRegistrySpec.properties).filter(([, schema]) =>
  hasRules(schema),
);

/** Lists with rules of their own, which hold whatever their items are. */
const lists = ruledFields.filter(([, schema]) => schema[Kind] === 'Array');

/** The parts of a spec whose rules are checked where the part satisfies its schema, whatever else is wrong. */
const parts = [
  part(MCPRegistrySpec.properties.sources.items, (spec) =>
    listOf(spec['sources']).map((item, index) => [`sources[${index}]`, item]),
  ),
  ...ruledFields
    .filter(([, schema]) => schema[Kind] === 'Object')
    .map(([name, schema]) => part(schema, (spec) => [[name, spec[name]]])),
];

type Values = readonly (readonly [field: string, value: unknown])[];

function part(schema: TSchema, valuesOf: (spec: JsonObject) => Values) {
  const compiled = compile(schema);
  return (spec: JsonObject): Problem[] =>
    valuesOf(spec).flatMap(([field, value]) =>
      value !== undefined && compiled.Check(value) ? brokenRulesWithin(schema, value, `spec.${field}`) : [],
    );
}

/**
 * The rules that a spec breaks: what its schema can't express. Each part that satisfies its own schema is checked, so
 * that a user sees all problems at once.
 *
 * @param spec the spec as it was posted, of any type
 */
export function ruleProblems(spec: unknown): Problem[] {
  if (!isObject(spec)) return [];
  return [
    ...brokenRules(MCPRegistrySpec, spec, 'spec'),
    ...parts.flatMap((problemsOf) => problemsOf(spec)),
    ...lists.flatMap(([name, schema]) => brokenRules(schema, listOf(spec[name]), `spec.${name}`)),
  ];
}
