import { hash, timingSafeEqual } from 'node:crypto';

/** A set of secrets, of which only hashes are kept. */
export class Secrets {
  readonly #digests: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.#digests = secrets.map(digest);
  }

  /**
   * Whether the set has a secret, in a time that does not depend on how much of the secret is right.
   *
   * @param candidate bytes as latin1, like those of the file: a password may have any bytes, and two that are not UTF-8
   * would be equal as text
   */
  has(candidate: string): boolean {
    const wanted = digest(candidate);
    return this.#digests.reduce((found, each) => timingSafeEqual(each, wanted) || found, false);
  }
}

/** Of the same length for all secrets, as timingSafeEqual needs it. */
const digest = (secret: string) => hash('sha256', secret, 'buffer');

/**
 * Reads bearer tokens, one per line. Empty lines, spaces around a token and a byte order mark are ignored.
 *
 * @throws Error that says which line is wrong, without its content
 */
export function readTokens(content: Buffer): Secrets {
  return readLines(content, 'token', (line) =>
    // RFC 6750, section 2.1: no other character can be sent.
    /^[A-Za-z0-9._~+/-]+=*$/.test(line) ? undefined : 'has a character that is not allowed in a bearer token',
  );
}

/**
 * Reads `user:password` lines. A password may have colons; a byte order mark is ignored. A space at the end of a user
 * or at the beginning of a password is an error: Metacontroller sends none (pkg/hooks/auth.go: ResolveBasicAuth), so
 * the line would never match.
 *
 * @throws Error that says which line is wrong, without its content
 */
export function readUsers(content: Buffer): Secrets {
  return readLines(content, 'user', (line) =>
    /^[^:]*[^: \t]:[^ \t]/.test(line) ? undefined : 'is not user:password without spaces around the colon',
  );
}

/** Byte order marks as latin1: editors write them, and no credential begins with one. */
const utf8Mark = '\xef\xbb\xbf';
const utf16Mark = /^(\xff\xfe|\xfe\xff)/;

function readLines(content: Buffer, what: string, findError: (line: string) => string | undefined): Secrets {
  const text = content.toString('latin1');
  if (utf16Mark.test(text)) throw new Error('it is UTF-16: save it as UTF-8');
  const lines = (text.startsWith(utf8Mark) ? text.slice(utf8Mark.length) : text)
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''));
  for (const [index, line] of lines.entries()) {
    const error = line === '' ? undefined : findError(line);
    if (error !== undefined) throw new Error(`line ${index + 1} ${error}`);
  }
  const secrets = lines.filter((line) => line !== '');
  if (secrets.length === 0) throw new Error(`it has no ${what}`);
  return new Secrets(secrets);
}
