import { describe, type Problem } from '../../problem.ts';

/** An object of which nothing else is known. */
export type Fields = Readonly<Record<string, unknown>>;

/** A list as it is, and anything else as an empty one. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** An object as it is, and anything else as an empty one. */
export const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** The name of an item, if it has one. */
export const nameOf = (item: unknown): string[] => {
  const { name } = objectOf(item);
  return typeof name === 'string' ? [name] : [];
};

/** The environment variables that a pod template sets in the container of the registry server. */
export function containerVariables(podTemplateSpec: unknown): readonly Fields[] {
  const { containers } = objectOf(objectOf(podTemplateSpec)['spec']);
  return listOf(containers)
    .map(objectOf)
    .filter(({ name }) => name === 'registry-api')
    .flatMap(({ env }) => listOf(env).map(objectOf));
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
