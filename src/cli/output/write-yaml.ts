import { stringify } from 'yaml';
import { writeSimpleYaml } from '../../../hooks/registry/simple-yaml.ts';

/**
 * An object as a document of a YAML stream, for every reader of YAML 1.1 or 1.2: what a reader of either would take for
 * something else than a text is quoted.
 */
export const writeYaml = (value: unknown): string =>
  writeSimpleYaml(value) ??
  stringify(value, { lineWidth: 0, aliasDuplicateObjects: false, compat: 'yaml-1.1' });

/** Objects as a YAML stream, in their order. */
export const writeYamlStream = (values: readonly unknown[]): string =>
  values.map((value) => `---\n${writeYaml(value)}`).join('');

/** Objects as a List in JSON, as `kubectl apply -f -` reads it. */
export const writeJsonList = (items: readonly unknown[]): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
