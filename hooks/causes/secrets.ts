const HIDDEN = '***';

/**
 * Patterns of what looks like a credential, each with what takes its place. None looks further back than a fixed number of
 * characters, so that the time for a text grows with its length.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A user and a password in a URL: scheme://user:password@host.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/@"'<>]{1,500}@/gi, `$1${HIDDEN}@`],
  // Authorization: Bearer …, and as it is quoted elsewhere.
  [/\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi, `$1 ${HIDDEN}`],
  // password=…, also as a key of JSON or of a query.
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?|signature|sig)["']?\s{0,3}=\s{0,3})(?:"[^"]{0,500}"|'[^']{0,500}'|[^\s,;&"']{1,500})/gi,
    `$1${HIDDEN}`,
  ],
  [
    /("[\w-]{0,40}(?:pass(?:word|wd|phrase)?|pwd|secret|token|api[-_]?key|access[-_]?key|private[-_]?key|credentials?)"\s{0,3}:\s{0,3})"[^"]{0,500}"/gi,
    `$1"${HIDDEN}"`,
  ],
  // password: …, where what follows is one word that no sentence has: with a digit or a sign in it.
  [
    /\b((?:password|passwd|pwd|secret|token|api[-_]?key|access[-_]?key)["']?:\s{0,3})["']?(?=\S{0,200}[\d!@#$%^&*+=])\S{6,200}/gi,
    `$1${HIDDEN}`,
  ],
  // A JSON Web Token, the tokens of GitHub, GitLab, Slack and AWS, and a private key.
  [/\beyJ[\w-]{5,2000}\.[\w-]{1,4000}(?:\.[\w-]{0,4000})?/g, HIDDEN],
  [/\b(?:gh[a-z]_|github_pat_|glpat-|xox[a-z]-)[\w-]{10,255}/g, HIDDEN],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{12,}/g, HIDDEN],
  [/-----BEGIN[\s\S]{1,8192}/g, HIDDEN],
  // A long word of letters and digits, unless it is a digest.
  [/(?<![\w+=:])(?=[A-Za-z+_=]{0,64}\d)(?=[\d+_=]{0,64}[A-Za-z])[A-Za-z0-9+_=]{32,8192}/g, HIDDEN],
];

/**
 * A text without anything in it that looks like a credential: a status is readable by many who may not read Secrets.
 *
 * @param text no longer than some thousand characters
 */
export const withoutSecrets = (text: string): string =>
  patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
