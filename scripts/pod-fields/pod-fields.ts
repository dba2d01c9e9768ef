import { declaredTypes, type Fields } from './declared-types.ts';

const LINE_WIDTH = 110;

/** What of a registry's spec is a Kubernetes object; the table holds all that these refer to as well. */
const roots = ['PodTemplateSpec', 'Volume', 'VolumeMount'].map((name) => `kubernetes-models/v1/${name}`);

/** The text of `hooks/pod/pod-fields.ts`, formatted as Biome does. */
export function podFields(): string {
  const entries = [...declaredTypes(roots)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, fields]) => entry(name, fields));
  return `// Written by \`npm run generate\` from the type declarations of kubernetes-models.

/**
 * The fields of each object type that a pod template may hold, in alphabetical order, each with its type. A type is an
 * object type of this table, \`string\`, \`number\`, \`boolean\`, \`Quantity\`, \`IntOrString\`, \`Time\`, or \`object\` for a
 * free-form object. \`Container[]\` is a list, \`Map<Quantity>\` an object whose keys are free.
 */
export const podFields = {
${entries.join('\n')}
} as const;
`;
}

function entry(name: string, fields: Fields): string {
  const properties = [...fields.keys()].sort().map((field) => `${field}: '${fields.get(field)}'`);
  const line = `  ${name}: { ${properties.join(', ')} },`;
  if (line.length <= LINE_WIDTH) return line;
  return [`  ${name}: {`, ...properties.map((property) => `    ${property},`), '  },'].join('\n');
}
