import { type Document, isMap, isScalar, isSeq, type LineCounter } from 'yaml';
import { lineNumbers, readYamlDocument, type YamlReading } from '../../../hooks/text/yaml-document.ts';
import type { StreamPart } from './split-documents.ts';
import { UnreadableInput } from './unreadable-input.ts';

/** Where something is in the input. */
export interface Place {
  readonly file: string;
  /** Which document of the file, counted from 1. */
  readonly document: number;
  /** Counted from 1, in the file. */
  readonly line: number;
  /** Counted from 1. */
  readonly column: number;
}

/**
 * As kubectl reads YAML: by the rules of YAML 1.1 (`yes` is true, `0644` is octal), but with dates as texts
 * (sigs.k8s.io/yaml). Some seconds, and some hundred MiB, for the largest document.
 */
const usualReading: YamlReading = {
  parts: 2_000_000,
  options: {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag !== 'object' || !isForeign(tag)),
  },
};

const foreign = ['timestamp', 'binary', 'omap', 'pairs', 'set'].map((name) => `tag:yaml.org,2002:${name}`);

const isForeign = ({ tag, format }: { readonly tag: string; readonly format?: string }) =>
  foreign.includes(tag) || format === 'TIME';

/**
 * A larger document of JSON comes from a program, such as kubectl, and nobody edits it: all in it has the place of the document
 * (characters). To find places takes many times as long as to read it.
 */
const LOCATED_JSON = 1024 * 1024;

/** How many values the aliases of a document may stand for. */
const ALIAS_LIMIT = 1000;

/** The document whose nodes are kept: most questions are about the same one. */
let located: { readonly document: InputDocument; readonly nodes: Nodes } | undefined;

interface Nodes {
  readonly root: Document.Parsed | undefined;
  readonly lines: LineCounter;
}

/** A document of the input. Its nodes are read again when a place in it is asked for. */
export class InputDocument {
  readonly file: string;
  /** Which one of the file, counted from 1. */
  readonly number: number;
  readonly #part: StreamPart;
  readonly #reading: YamlReading;
  /** The places of objects, by their paths: questions about two documents in turn would read both again each time. */
  readonly #placesOfObjects = new Map<string, Place>();
  #isLocated = true;

  /** @param reading in YAML */
  constructor(file: string, number: number, part: StreamPart, reading = usualReading) {
    this.#reading = reading;
    this.file = file;
    this.number = number;
    this.#part = part;
  }

  /**
   * What it holds, as JSON.
   *
   * @throws {UnreadableInput} if it is no YAML, or is more than may be read
   */
  read(): unknown {
    const { text } = this.#part;
    const marker = /^---[ \t]*\r?\n/.exec(text)?.[0].length ?? 0;
    const body = text.slice(marker);
    if (/^\s*[{[]/.test(body)) {
      try {
        const value: unknown = JSON.parse(body);
        this.#isLocated = text.length <= LOCATED_JSON;
        return value;
      } catch {
        // YAML has braces as well, and says where the mistake is.
      }
    }
    const { document, error } = readYamlDocument(text, this.#reading);
    if (error) {
      const what = error.message.startsWith('it has too many parts')
        ? 'it is too large: split it, or write it as JSON'
        : (error.message.split('\n', 1)[0] ?? '');
      throw this.#unreadable(this.#placeAt(error.at), what);
    }
    located = { document: this, nodes: { root: document, lines: lineNumbers(text) } };
    try {
      return document?.toJS({ maxAliasCount: ALIAS_LIMIT });
    } catch (cause) {
      if (cause instanceof ReferenceError) {
        throw this.#unreadable(this.start, 'its aliases stand for too many values: write the values out');
      }
      throw cause;
    }
  }

  /** Where it begins. */
  get start(): Place {
    const { text, line } = this.#part;
    // The first line that has content.
    const before = /^(?:(?:[ \t]*(?:#.*)?|---[ \t]*(?:#.*)?|%.*|\.\.\.[ \t]*)\r?\n)*/.exec(text)?.[0] ?? '';
    return { file: this.file, document: this.number, line: line + before.split('\n').length - 1, column: 1 };
  }

  /**
   * Where a field is: its key, or the item of a list. Of a field that is not there, the place of the nearest one around it.
   *
   * @param path of an object in the document, such as `items[3]`; empty for the document itself
   * @param field as messages name it, such as `spec.sources[0].git.branch`
   */
  placeOf(path: string, field: string): Place {
    if (field !== '') return this.#find(joined(path, field));
    const place = this.#placesOfObjects.get(path) ?? this.#find(path);
    this.#placesOfObjects.set(path, place);
    return place;
  }

  #find(field: string): Place {
    const { root } = this.#nodes();
    const { offset } = nodeAt(root?.contents, field);
    return offset === undefined ? this.start : this.#placeAt(offset);
  }

  /**
   * Where something is in a text of several lines, such as `configYAML`. Where the text is not written line by line, in
   * block style, it is the place of the field.
   *
   * @param at where in the text, counted from 1, or the field of the YAML that it holds
   */
  placeInText(path: string, field: string, at: TextPlace | string): Place {
    const { root, lines } = this.#nodes();
    const found = nodeAt(root?.contents, joined(path, field));
    const { text } = this.#part;
    const begin = found?.isWhole ? blockBegin(found.node, text) : undefined;
    if (begin === undefined || !found || !isScalar(found.node)) return this.placeOf(path, field);
    const value = String(found.node.value);
    const inner = typeof at === 'string' ? placeOfField(value, at) : withinText(value, at);
    if (inner === undefined) return this.placeOf(path, field);
    const { line } = lines.linePos(begin);
    const indent = /^(?:[ \t]*\r?\n)*( *)/.exec(text.slice(begin))?.[1]?.length ?? 0;
    return {
      file: this.file,
      document: this.number,
      line: this.#part.line + line - 1 + inner.line - 1,
      column: indent + inner.column,
    };
  }

  #nodes(): Nodes {
    if (located?.document !== this) {
      const { text } = this.#part;
      const root = this.#isLocated ? readYamlDocument(text, this.#reading).document : undefined;
      located = { document: this, nodes: { root, lines: lineNumbers(text) } };
    }
    return located.nodes;
  }

  #placeAt(offset: number): Place {
    const lines = located?.document === this ? located.nodes.lines : lineNumbers(this.#part.text);
    const { line, col } = lines.linePos(offset);
    return {
      file: this.file,
      document: this.number,
      line: this.#part.line + line - 1,
      column: Math.max(col, 1),
    };
  }

  #unreadable(place: Place, what: string): UnreadableInput {
    const { file, line, column } = place;
    return new UnreadableInput(
      'NotYaml',
      place,
      `it can't be read as YAML: ${what}`,
      `${file}:${line}:${column}`,
    );
  }
}

/** The field of an object that is below a path in its document. */
const joined = (path: string, field: string) => [path, field].filter(Boolean).join('.');

/** A place in a text, counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** A place in a text, or its end if there is nothing any more: a parser names the line behind it for what is not closed. */
function withinText(text: string, at: TextPlace): TextPlace {
  const lines = text.trimEnd().split('\n');
  const last = { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
  return at.line > last.line ? last : at;
}

/** Where a field begins in a text that is YAML; undefined if nothing of it is there. */
function placeOfField(text: string, field: string): TextPlace | undefined {
  const { document } = readYamlDocument(text, usualReading);
  const { offset } = nodeAt(document?.contents, field);
  if (offset === undefined) return undefined;
  const { line, col } = lineNumbers(text).linePos(offset);
  return { line, column: col };
}

/** The character at which the lines of a text in block style begin; undefined for anything else. */
function blockBegin(node: unknown, text: string): number | undefined {
  if (!isScalar(node) || node.type !== 'BLOCK_LITERAL' || !node.range) return undefined;
  const header = text.indexOf('\n', node.range[0]);
  return header < 0 ? undefined : header + 1;
}

interface FoundNode {
  /** Of the field, or of the nearest one around it. */
  readonly node: unknown;
  /** The character at which it begins; undefined if nothing of the field is there. */
  readonly offset: number | undefined;
  /** Whether it is the field itself. */
  readonly isWhole: boolean;
}

function nodeAt(root: unknown, field: string): FoundNode {
  let node = root;
  let offset: number | undefined;
  let rest = field === '' || field.startsWith('[') ? field : `.${field}`;
  while (rest !== '') {
    const step = isMap(node) ? stepInMap(node, rest) : isSeq(node) ? stepInList(node, rest) : undefined;
    if (step === undefined) break;
    ({ node, rest } = step);
    offset = step.offset ?? offset;
  }
  return { node, offset, isWhole: rest === '' };
}

interface Step {
  readonly node: unknown;
  readonly offset: number | undefined;
  /** What is left of the field, with the dot or bracket that it begins with; empty at its end. */
  readonly rest: string;
}

interface Items<T> {
  readonly items: readonly T[];
}

/** A key may hold dots and brackets: the longest one counts that the field can begin with. */
function stepInMap(
  { items }: Items<{ readonly key: unknown; readonly value: unknown }>,
  field: string,
): Step | undefined {
  let found: Step | undefined;
  for (const { key, value } of items) {
    if (!isScalar(key)) continue;
    const rest = restAfter(field, String(key.value));
    if (rest === undefined || (found && found.rest.length <= rest.length)) continue;
    found = { node: value, offset: key.range?.[0], rest };
  }
  return found;
}

/** What of a field comes after a key at its beginning; undefined if it begins with something else. */
function restAfter(field: string, key: string): string | undefined {
  // Digits are written as an index, whether of a list or of a map.
  const name = field.startsWith('.') ? `.${key}` : `[${key}]`;
  if (!field.startsWith(name)) return undefined;
  const rest = field.slice(name.length);
  return rest === '' || /^[.[]/.test(rest) ? rest : undefined;
}

function stepInList({ items }: Items<unknown>, field: string): Step | undefined {
  const [index, digits] = /^\[(\d+)\]/.exec(field) ?? [];
  const node = index === undefined ? undefined : items[Number(digits)];
  if (index === undefined || node === undefined) return undefined;
  const { range } = node as { readonly range?: readonly number[] | null };
  return { node, offset: range?.[0], rest: field.slice(index.length) };
}
