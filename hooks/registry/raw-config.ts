import { type Document, isMap, isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Problem } from '../problem.ts';

const FIELD = 'spec.configYAML';

/**
 * Whether a text is YAML with a mapping at its top. What is in it is the server's to judge.
 *
 * @returns at most one problem, with line and column where the text is no YAML
 */
export function rawConfigProblems(text: string): Problem[] {
  const lineCounter = new LineCounter();
  // Like the server, this reads the first document and lets further ones be. Keys are compared below: the parser
  // would compare each with all others.
  const documents = parseAllDocuments(text, {
    lineCounter,
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const [document] = Array.isArray(documents) ? documents : [];
  const error = unreadable(text) ?? document?.errors[0] ?? (document && wrongNode(document));
  if (error?.message.includes('call stack')) {
    return [{ field: FIELD, message: 'is nested too deeply to be read: flatten it' }];
  }
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

/** The first alias of nothing that came before it, or key that is there already. */
function wrongNode(document: Document): YamlError | undefined {
  const anchors = new Set<string>();
  let wrong: YamlError | undefined;
  const stop = (message: string, at: number | undefined) => {
    wrong = { pos: [at ?? 0], message };
    return visit.BREAK;
  };
  visit(document, {
    Alias(_, { source, range }) {
      return anchors.has(source) ? undefined : stop(`there is no anchor &${source}`, range?.[0]);
    },
    Map(_, map) {
      if (map.anchor) anchors.add(map.anchor);
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) return stop(`the key ${String(key.value)} is there twice`, key.range?.[0]);
        keys.add(key.value);
      }
      return undefined;
    },
    Seq(_, { anchor }) {
      if (anchor) anchors.add(anchor);
      return undefined;
    },
    Scalar(_, { anchor }) {
      if (anchor) anchors.add(anchor);
      return undefined;
    },
  });
  return wrong;
}
