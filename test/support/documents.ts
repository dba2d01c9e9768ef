import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The checkout, with a slash at its end. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** A document of the repository. */
export interface RepositoryDocument {
  /** Below the root of the checkout. */
  readonly path: string;
  readonly text: string;
  /** The text without fenced blocks of code. */
  readonly prose: string;
}

/** The text of a file, by its path below the root. */
export const textOf = (path: string) => readFileSync(`${root}${path}`, 'utf8');

export function documentOf(path: string): RepositoryDocument {
  const text = textOf(path);
  return { path, text, prose: text.replaceAll(/^```[\s\S]*?^```$/gm, '') };
}

/** The documents that people read: those of the root and of `docs/`. */
export const documents: readonly RepositoryDocument[] = ['', 'docs/']
  .flatMap((folder) => readdirSync(`${root}${folder}`).map((name) => `${folder}${name}`))
  .filter((path) => path.endsWith('.md'))
  .sort()
  .map(documentOf);

/** The titles of the sections of a document, of every level. */
export const headingsOf = ({ prose }: RepositoryDocument): string[] =>
  [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title);

/** The anchor that GitHub gives to a title. */
export const anchorOf = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');

/** What a document has in a section of the second level, without its title; `''` if there is none of that title. */
export function sectionOf({ text }: RepositoryDocument, title: string): string {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${title}\n`));
  return section?.slice(title.length) ?? '';
}

/** The texts between backticks in the prose of a document. */
export const codeSpansOf = ({ prose }: RepositoryDocument): string[] =>
  [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
