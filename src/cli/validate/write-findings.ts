import type { Io } from '../io.ts';
import { printable } from '../output/printable.ts';
import { styleFor } from '../output/style.ts';
import { type Finding, sentenceOf } from './finding.ts';

/** A line for each finding, as compilers write them, so that editors find the place. */
export function findingsAsText(findings: readonly Finding[], io: Pick<Io, 'out' | 'environment'>): string {
  const style = styleFor(io.out, io);
  return findings
    .map((finding) => {
      const { level, reason, place } = finding;
      const where = style('bold', `${printable(place.file)}:${place.line}:${place.column}:`);
      const what = style(level === 'error' ? 'red' : 'yellow', `${level}:`);
      const kind = style('dim', `[${reason}]`);
      const about = printable(sentenceOf(finding));
      return `${where} ${what} ${about} ${kind}\n`;
    })
    .join('');
}

/** All that a finding has, as JSON; `document` counts from 1. */
export function findingsAsJson(findings: readonly Finding[], registries: number): string {
  const written = findings.map(({ place, registry, ...finding }) => ({ ...place, ...registry, ...finding }));
  return `${JSON.stringify({ registries, findings: written }, null, 2)}\n`;
}
