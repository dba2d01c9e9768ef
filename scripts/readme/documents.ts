import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** A document of YAML that the README shows. */
export interface ReadmeDocument {
  // biome-ignore lint/suspicious/noExplicitAny: YAML of any shape, which its readers check
  readonly value: any;
  readonly text: string;
}

/** A section of the README, from its title on; empty if there is none of that title. */
export function readmeSection(title: string): string {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  return readme.split(/^## /m).find((section) => section.startsWith(`${title}\n`)) ?? '';
}

/** The documents of YAML in a section of the README, in their order. */
export function readmeDocuments(title: string): ReadmeDocument[] {
  return [...readmeSection(title).matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => ({
    value: parse(text),
    text,
  }));
}
