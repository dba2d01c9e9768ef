import { posix } from 'node:path';

/** A path without `.`, `..`, needless slashes and a slash at its end. */
export function canonicalPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
