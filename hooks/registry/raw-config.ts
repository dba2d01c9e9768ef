import { type Document, isMap, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Problem } from '../problem.ts';

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
  const error = unreadable(text) ?? document?.errors[0] ?? (document && unknownAlias(document));
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

/** What keeps a text from being YAML, and where. */
interface YamlError {
  readonly pos: readonly [start: number, ...rest: number[]];
  readonly message: string;
}

/** YAML's printable characters (https://yaml.org/spec/1.2.2/#51-character-set), which the server insists on. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

function unreadable(text: string): YamlError | undefined {
  const found = unprintable.exec(text);
  return found ? { pos: [found.index], message: 'a control character that YAML does not have' } : undefined;
}

function unknownAlias(document: Document): YamlError | undefined {
  let unknown: YamlError | undefined;
  visit(document, {
    Alias(_, node) {
      if (node.resolve(document) === undefined) {
        unknown = { pos: [node.range?.[0] ?? 0], message: `there is no anchor &${node.source}` };
        return visit.BREAK;
      }
      return undefined;
    },
  });
  return unknown;
}
