import { sha256 } from './hash.ts';

/**
 * A name that fits a limit: as it is, or cut short with a hash of the whole, so that two names stay two.
 *
 * @param limit in characters, more than 9
 */
export function clip(name: string, limit: number): string {
  if (name.length <= limit) return name;
  const hash = sha256(name).slice(0, 8);
  return `${name.slice(0, limit - hash.length - 1)}-${hash}`;
}
