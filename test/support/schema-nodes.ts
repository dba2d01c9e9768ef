import type { StructuralSchema } from '../../scripts/crd/structural-schema.ts';

/** Every node of a schema with its path, such as `spec.sources[].claims`; each before what is below it. */
export function nodesOf(
  node: StructuralSchema,
  path = '',
): { readonly path: string; readonly node: StructuralSchema }[] {
  const below = [
    ...Object.entries(node.properties ?? {}).map(
      ([name, property]) => [path === '' ? name : `${path}.${name}`, property] as const,
    ),
    ...(node.items ? [[`${path}[]`, node.items] as const] : []),
    ...(node.additionalProperties ? [[`${path}.*`, node.additionalProperties] as const] : []),
  ];
  return [{ path, node }, ...below.flatMap(([place, inner]) => nodesOf(inner, place))];
}
