import { sha256 } from './hash.ts';

/**
 * Shortens a name that is longer than a limit. The result ends with a hash of the whole name, so that different names stay
 * different.
 *
 * @param limit in characters, more than 9
 */
export function clip(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const hash = sha256(name).slice(0, 8);
  return `${name.slice(0, limit - hash.length - 1)}-${hash}`;
}
