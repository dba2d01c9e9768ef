import { isMap, LineCounter, parseAllDocuments } from 'yaml';
import type { Problem } from './problem.ts';

const FIELD = 'spec.configYAML';

/**
 * Whether a text is YAML with a mapping at its top. What is in it is the server's to judge.
 *
 * @returns at most one problem, with line and column where the text is no YAML
 */
export function rawConfigProblems(text: string): Problem[] {
  const lineCounter = new LineCounter();
  // Like the server, this reads the first document and lets further ones be.
  const documents = parseAllDocuments(text, {
    lineCounter,
    strict: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document] = Array.isArray(documents) ? documents : [];
  const [error] = document?.errors ?? [];
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
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
