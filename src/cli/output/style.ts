import { styleText } from 'node:util';
import type { Io, Sink } from '../io.ts';

type Format = Parameters<typeof styleText>[0];

/** Gives a text a colour or another style where that is wanted. */
export type Style = (format: Format, text: string) => string;

/** Colours are for terminals, and for nobody who sets `NO_COLOR` to anything (https://no-color.org). */
export function styleFor(sink: Sink, { environment }: Pick<Io, 'environment'>): Style {
  const colours = sink.isTerminal && !environment['NO_COLOR'];
  return (format, text) => (colours ? styleText(format, text, { validateStream: false }) : text);
}
