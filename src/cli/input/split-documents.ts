/** A document of a YAML stream. */
export interface StreamPart {
  readonly text: string;
  /** The first of its lines in the stream, counted from 1. */
  readonly line: number;
}

/**
 * Splits a YAML stream into its documents, so that each can be read alone. A line that begins with `---` always begins a
 * document, and one with `...` ends it, also inside of a text of several lines
 * (https://yaml.org/spec/1.2.2/#912-document-markers). Documents without content, such as one before the first marker, are
 * left out; directives belong to the document after them.
 */
export function splitDocuments(stream: string): StreamPart[] {
  const parts: StreamPart[] = [];
  let begin = 0;
  let beginLine = 1;
  let line = 1;
  const endAt = (at: number) => {
    const text = stream.slice(begin, at);
    const hasContent = content.test(text);
    // What comes before the first marker of a document belongs to it.
    if (!hasContent && !marker.test(text) && at < stream.length) return;
    if (hasContent) parts.push({ text, line: beginLine });
    begin = at;
    beginLine = line;
  };
  let at = 0;
  while (at < stream.length) {
    if (isMarker(stream, at, '---')) endAt(at);
    const ends = isMarker(stream, at, '...');
    const newline = stream.indexOf('\n', at);
    at = newline < 0 ? stream.length : newline + 1;
    line += 1;
    if (ends) endAt(at);
  }
  endAt(stream.length);
  return parts;
}

const isMarker = (text: string, at: number, dashes: '---' | '...'): boolean =>
  text.startsWith(dashes, at) && /^\s?$/.test(text.slice(at + 3, at + 4));

/** A line that is no marker, directive or comment, and not blank; or a marker with something behind it. */
const content = /^(?:(?!(?:---|\.\.\.)(?:\s|$)|%|[ \t]*(?:#|\r?$)).|---[ \t]+[^\s#])/m;

const marker = /^---(?:\s|$)/m;
