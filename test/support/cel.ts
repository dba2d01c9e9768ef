import type { StructuralSchema } from '../../scripts/crd/structural-schema.ts';

/** A value that a rule in CEL names, and what is done with it. */
export interface Use {
  /** As the rule names it: `entry.sources`. */
  readonly name: string;
  readonly how: 'walked' | 'matched' | 'compared' | 'tested';
  /** The schema of the value; undefined where the name leads nowhere. */
  readonly schema: StructuralSchema | undefined;
}

const path = String.raw`([a-z]\w*(?:\.[a-z]\w*)*)`;
const walks = new RegExp(String.raw`${path}\.(?:all|exists|exists_one|filter|map)\((\w+),`, 'gi');
const others: readonly (readonly [Use['how'], RegExp])[] = [
  ['matched', new RegExp(String.raw`${path}\.matches\(`, 'gi')],
  ['compared', new RegExp(`${path} [!=]= `, 'gi')],
  ['compared', new RegExp(` [!=]= ${path}`, 'gi')],
  ['tested', new RegExp(String.raw`has\(${path}\)`, 'gi')],
];

/** A key of a map, which the API server takes for short (apiserver: pkg/cel/common/schemas.go). */
const key: StructuralSchema = { type: 'string', maxLength: 317 };

/** The values of a rule that its cost depends on. */
export function usesIn(rule: string, self: StructuralSchema): Use[] {
  const scope = new Map([['self', self]]);
  const walked = [...rule.matchAll(walks)].map(([, name = '', variable = '']): Use => {
    const schema = resolve(name, scope);
    if (schema?.items) scope.set(variable, schema.items);
    if (schema?.additionalProperties) scope.set(variable, key);
    return { name, how: 'walked', schema };
  });
  const rest = others.flatMap(([how, pattern]) =>
    [...rule.matchAll(pattern)]
      .map(([, name = '']) => name)
      .filter((name) => !name.endsWith('.size'))
      .map((name): Use => ({ name, how, schema: resolve(name, scope) })),
  );
  return [...walked, ...rest];
}

function resolve(name: string, scope: ReadonlyMap<string, StructuralSchema>): StructuralSchema | undefined {
  const [root = '', ...fields] = name.split('.');
  return fields.reduce<StructuralSchema | undefined>(
    (schema, field) => schema?.properties?.[field],
    scope.get(root),
  );
}
