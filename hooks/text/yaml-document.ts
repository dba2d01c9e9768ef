import {
  Composer,
  type Document,
  type DocumentOptions,
  isScalar,
  Lexer,
  LineCounter,
  type ParseOptions,
  Parser,
  type SchemaOptions,
  visit,
} from 'yaml';

/** What keeps a text from being YAML, and at which character. */
export class YamlError extends Error {
  override readonly name = 'YamlError';
  /** Counted from 0. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

/** Bounds of a text, and how it is read. */
export interface YamlReading {
  /** As many words, brackets and spaces as it may have: each may become an object, and takes some microseconds. */
  readonly parts: number;
  /** Beside those that bound the work. */
  readonly options?: ParseOptions & DocumentOptions & SchemaOptions;
}

export type ReadYaml =
  | {
      /** Undefined if there is none in the text. */
      readonly document: Document.Parsed | undefined;
      readonly error?: never;
    }
  | { readonly document?: never; readonly error: YamlError };

/**
 * Reads the first document of a text; further ones are ignored. Its time does not grow faster than the text.
 *
 * Refused are also a key that occurs twice in a map, and an alias of nothing that came before it.
 */
export function readYamlDocument(text: string, reading: YamlReading): ReadYaml {
  try {
    const document = composeFirst(text, reading);
    if (document) refuseWrongNodes(document);
    return { document };
  } catch (error) {
    if (error instanceof YamlError) return { error };
    throw error;
  }
}

/** The lines of a text: `linePos` gives line and column, both counted from 1, of a character counted from 0. */
export function lineNumbers(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return lines;
}

/**
 * As many collections as may be open at one place, of the text and of the parser: it counts a map and its item.
 * The composer calls itself for each, and so does whoever walks what it makes.
 */
const OPEN_LIMIT = 200;

/** @throws {YamlError} for the first error: a text can hold one for each of its characters */
function composeFirst(text: string, { parts, options }: YamlReading): Document.Parsed | undefined {
  // Keys are compared below: the composer would compare each with all others.
  const composer = new Composer({
    ...options,
    strict: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  // Its list of errors can't be bounded in another way. Should a release not read this property, the first error is
  // in the document, found at the price of all.
  Reflect.set(composer, 'onError', stopper());
  for (const token of parse(text, parts)) {
    if (token.type === 'error') throw new YamlError(token.offset, token.message);
    for (const document of composer.next(token)) return checked(document);
  }
  for (const document of composer.end()) return checked(document);
  return undefined;
}

function* parse(text: string, limit: number) {
  const control = unprintable.exec(text);
  if (control) throw new YamlError(control.index, 'a control character that YAML does not have');
  const parser = new Parser();
  let parts = 0;
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    parts += 1;
    if (parts > limit) throw new YamlError(parser.offset, 'it has too many parts: shorten it');
    if (parser.stack.length > OPEN_LIMIT) {
      throw new YamlError(parser.offset, 'it is nested too deeply: flatten it');
    }
  }
  yield* parser.end();
}

type Place = number | readonly number[] | { readonly offset: number };

/** What throws the first error each time it is called: the composer catches what is thrown, and reports it again. */
function stopper() {
  let first: YamlError | undefined;
  return (place: Place, _code: string, message: string, warning?: boolean): void => {
    if (warning) return;
    const at = typeof place === 'number' ? place : 'offset' in place ? place.offset : place[0];
    first ??= new YamlError(at ?? 0, message);
    throw first;
  };
}

function checked(document: Document.Parsed): Document.Parsed {
  const [error] = document.errors;
  if (error) throw new YamlError(error.pos[0], error.message);
  return document;
}

/** YAML's printable characters (https://yaml.org/spec/1.2.2/#51-character-set), which the server insists on. */
const unprintable = /[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** @throws {YamlError} for the first alias of nothing that came before it, or key that is there already */
function refuseWrongNodes(document: Document): void {
  const anchors = new Set<string>();
  visit(document, {
    Alias(_, { source, range }) {
      if (!anchors.has(source))
        throw new YamlError(
          range?.[0] ?? 0,
          `the alias *${source} has no anchor: define &${source} before it`,
        );
    },
    Map(_, map) {
      if (map.anchor) anchors.add(map.anchor);
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          throw new YamlError(key.range?.[0] ?? 0, `the key ${String(key.value)} occurs twice: remove one`);
        }
        keys.add(key.value);
      }
    },
    Seq(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
    Scalar(_, { anchor }) {
      if (anchor) anchors.add(anchor);
    },
  });
}
