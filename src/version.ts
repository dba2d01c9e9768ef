import { readFileSync } from 'node:fs';

/** The version in package.json, which is one directory above the sources and two above the built files. */
export const version: string =
  ['../package.json', '../../package.json'].flatMap((path) => {
    try {
      return [String(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version)];
    } catch {
      return [];
    }
  })[0] ?? 'unknown';
