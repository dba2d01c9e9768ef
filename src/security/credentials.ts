import { hash, timingSafeEqual } from 'node:crypto';

/** Secrets of which it can be told whether one is among them, and nothing more: only their hashes are kept. */
export class Secrets {
  readonly #digests: readonly Buffer[];

  constructor(secrets: readonly string[]) {
    this.#digests = secrets.map(digest);
  }

  /**
   * Takes the same time whichever secret it is compared with, and however much of it is right.
   *
   * @param candidate bytes as latin1, like those of the file: a password may be of any bytes, and two that are not UTF-8
   * would be the same as text
   */
  has(candidate: string): boolean {
    const wanted = digest(candidate);
    return this.#digests.reduce((found, each) => timingSafeEqual(each, wanted) || found, false);
  }
}

/** Of one length for secrets of all lengths, as the comparison needs it. */
const digest = (secret: string) => hash('sha256', secret, 'buffer');

/**
 * Reads bearer tokens, one a line. Empty lines, blanks around a token and a byte order mark are ignored.
 *
 * @throws Error that says which line is wrong, and never what it holds
 */
export function readTokens(content: Buffer): Secrets {
  return readLines(content, 'token', (line) =>
    // RFC 6750, section 2.1: anything else could not be sent.
    /^[A-Za-z0-9._~+/-]+=*$/.test(line) ? undefined : 'has a character that no bearer token has',
  );
}

/**
 * Reads `user:password` lines. A password may hold colons; a byte order mark is ignored. A blank at the end of a user or at the beginning of a
 * password is an error: Metacontroller sends none (pkg/hooks/auth.go: ResolveBasicAuth), so the line would never match.
 *
 * @throws Error that says which line is wrong, and never what it holds
 */
export function readUsers(content: Buffer): Secrets {
  return readLines(content, 'user', (line) =>
    /^[^:]*[^: \t]:[^ \t]/.test(line)
      ? undefined
      : 'is not of the form user:password, without blanks round the colon',
  );
}

/** Byte order marks as latin1: editors write them, and no credential begins with one. */
const utf8Mark = '\xef\xbb\xbf';
const utf16Mark = /^(\xff\xfe|\xfe\xff)/;

function readLines(content: Buffer, what: string, wrong: (line: string) => string | undefined): Secrets {
  const text = content.toString('latin1');
  if (utf16Mark.test(text)) throw new Error('it is UTF-16: save it as UTF-8');
  const lines = (text.startsWith(utf8Mark) ? text.slice(utf8Mark.length) : text)
    .split('\n')
    .map((line) => line.replace(/^[ \t\r]+|[ \t\r]+$/g, ''));
  for (const [index, line] of lines.entries()) {
    const why = line === '' ? undefined : wrong(line);
    if (why !== undefined) throw new Error(`line ${index + 1} ${why}`);
  }
  const secrets = lines.filter((line) => line !== '');
  if (secrets.length === 0) throw new Error(`it holds no ${what}`);
  return new Secrets(secrets);
}
