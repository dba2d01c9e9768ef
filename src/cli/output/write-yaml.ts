import { writeYaml as writeAnyYaml } from '../../../hooks/registry/server-config.ts';
import { writeSimpleYaml } from '../../../hooks/registry/simple-yaml.ts';

/**
 * An object as a document of a YAML stream, for every reader of YAML 1.1 or 1.2: what a reader of either would take for
 * something else than a text is quoted, such as `0X1F`, which is a number to kubectl and Helm.
 */
export const writeYaml = (value: unknown): string => writeSimpleYaml(value) ?? writeAnyYaml(value);

/** Objects as a YAML stream, in their order. */
export const writeYamlStream = (values: readonly unknown[]): string =>
  values.map((value) => `---\n${writeYaml(value)}`).join('');

/** Objects as a List in JSON, as `kubectl apply -f -` reads it. */
export const writeJsonList = (items: readonly unknown[]): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
