import { isMap } from 'yaml';
import { type JsonObject, objectOf } from '../json.ts';
import type { Problem } from '../problem.ts';
import { lineNumbers, readYamlDocument } from '../text/yaml-document.ts';
import { yamlValue } from './yaml-value.ts';

const FIELD = 'spec.configYAML';

/** As many parts as a configuration may have. */
const parts = 100_000;

/**
 * Whether a text is YAML with a mapping at its top. What is in it is the server's to judge. Like the server, it ignores
 * further documents.
 *
 * @param text no longer than its schema allows
 * @returns at most one problem, with line and column where the text is no YAML
 */
export function rawConfigProblems(text: string): Problem[] {
  const { document, error } = readYamlDocument(text, { parts });
  if (error) {
    const { line, col } = lineNumbers(text).linePos(error.at);
    const what = error.message.split('\n', 1)[0];
    return [{ field: FIELD, message: `must be YAML: line ${line}, column ${col}: ${what}` }];
  }
  return document && isMap(document.contents)
    ? []
    : [
        {
          field: FIELD,
          message: 'must be a YAML mapping, such as "sources: […]" with further keys below it',
        },
      ];
}

/**
 * What a text holds that has no problems.
 *
 * @returns an empty object for a text that has some
 */
export function readRawConfig(text: string): JsonObject {
  const { document } = readYamlDocument(text, { parts });
  return objectOf(document && yamlValue(document.contents));
}
