import { dnsLabel, isDnsLabel } from '../../text/dns-names.ts';
import { sha256 } from '../../text/hash.ts';

const HASH_DIGITS = 8;
const STEM_LIMIT = dnsLabel.maxLength - HASH_DIGITS - 1;

/**
 * Names for the sources of entries, which are views as well: the name of a view may be any text, and that of a source is a
 * DNS label. One that is none becomes its letters and digits, and a hash of the whole. No two become the same.
 *
 * @param names those of the entries, each of them once
 * @returns the name of the source for the name of each entry
 */
export function sourceNames(names: readonly string[]): ReadonlyMap<string, string> {
  const taken = new Set(names.filter(isDnsLabel));
  return new Map(
    names.map((name) => {
      if (isDnsLabel(name)) return [name, name];
      const made = freeName(name, taken);
      taken.add(made);
      return [name, made];
    }),
  );
}

/** Who writes the names may make them so that a hash is taken. */
function freeName(name: string, taken: ReadonlySet<string>): string {
  for (let attempt = 0; ; attempt += 1) {
    const hash = sha256(attempt === 0 ? name : `${name} ${attempt}`).slice(0, HASH_DIGITS);
    const made = `${stemOf(name)}-${hash}`;
    if (!taken.has(made)) return made;
  }
}

const stemOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, STEM_LIMIT)
    .replaceAll(/^-|-$/g, '') || 'source';
