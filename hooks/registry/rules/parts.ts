import { type JsonObject, objectOf, objectsOf } from '../../json.ts';
import { describe, type Problem } from '../../problem.ts';

/** A spec of which nothing else is known. */
export type Fields = JsonObject;

/** The name of an item, if it has one. */
export const nameOf = (item: unknown): string[] => {
  const { name } = objectOf(item);
  return typeof name === 'string' ? [name] : [];
};

/** The environment variables that a pod template sets in the container of the registry server. */
export function containerVariables(podTemplateSpec: unknown): readonly Fields[] {
  const { containers } = objectOf(objectOf(podTemplateSpec)['spec']);
  return objectsOf(containers)
    .filter(({ name }) => name === 'registry-api')
    .flatMap(({ env }) => objectsOf(env));
}

/** Items of a list that bear the key of an earlier one. */
export function duplicates(items: readonly unknown[], key: string, field: string): Problem[] {
  const firsts = new Map<unknown, number>();
  return items.flatMap((item, index) => {
    const value = objectOf(item)[key];
    const first = firsts.get(value);
    if (first === undefined) firsts.set(value, index);
    return first === undefined || typeof value !== 'string'
      ? []
      : [
          {
            field: `${field}[${index}].${key}`,
            message: `is taken by ${field}[${first}]: ${describe(value)} must be unique`,
          },
        ];
  });
}
