import { createHash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** The SHA-256 hash of a text in UTF-8, as 64 hexadecimal digits. */
export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** The SHA-256 hash of a JSON value, independent of the order of its keys. */
export function sha256OfJson(value: unknown): string {
  return sha256(canonicalJson(value));
}
