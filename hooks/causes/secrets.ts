const HIDDEN = '***';

/** What fields, parameters and variables with a credential are called, at the end of their names. */
const NAMES =
  '(?:pass(?:word|wd|phrase)?|pwd|secret|token|credentials?|signature|sig|cookie|(?:api|access|account|encryption|private|secret|signing|storage)[-_]?key)';

/** Not what stands for the credential already, or for whether there is one: `has_password=true`. */
const UNKNOWN = '(?!["\']?\\*\\*\\*|(?:true|false|null|nil|none)(?:[\\s,;&"\'`)\\]}]|$)|[,;&)\\]}]|$)';

const SCHEME = '[a-z][a-z0-9+.-]{0,30}://';

/** Not a port, which is all that may come after a colon besides a password. */
const NO_PORT = '(?!\\d{1,5}(?:[/?#),;:.\\]}"\'`\\s]|$))';

/**
 * Patterns of what looks like a credential, each with what takes its place. Where a pattern asks for what comes after a
 * credential, the end of the text counts as well: the kubelet cuts texts anywhere. None looks further back than a fixed number
 * of characters, or from more than one place over the same text, so that the time for a text grows with its length.
 */
const patterns: readonly (readonly [RegExp, string])[] = [
  // A private key, or the rest of one.
  [/-----BEGIN [A-Z0-9 ]{1,40}-----[\s\S]*?(?:-----END [A-Z0-9 ]{1,40}-----|$)/g, HIDDEN],
  [/^[\s\S]*?-----END [A-Z0-9 ]{1,40}-----/, HIDDEN],

  // A user and a password in a URL, up to the last @. In quotes, as Go's errors have it, there may be spaces in it.
  ...['"', "'", '`'].flatMap((quote): [RegExp, string][] => {
    const user = `(${quote}${SCHEME})[^\\s/@:${quote}]{0,200}:`;
    return [
      // A quote that is not closed: the URL is cut.
      [new RegExp(`${user}${NO_PORT}[^${quote}]{1,1000}$`, 'i'), `$1${HIDDEN}`],
      [new RegExp(`${user}[^${quote}]{1,1000}@`, 'gi'), `$1${HIDDEN}@`],
    ];
  }),
  [new RegExp(`\\b(${SCHEME})[^\\s/@:"'\`<>]{0,200}:[^\\s"'\`<>]{1,1000}@`, 'gi'), `$1${HIDDEN}@`],
  // A token in place of the user.
  [new RegExp(`\\b(${SCHEME})[^\\s/@:"'\`<>]{1,500}@`, 'gi'), `$1${HIDDEN}@`],
  // A URL that is cut in its password, unless that is a port.
  [
    new RegExp(`\\b(${SCHEME})[^\\s/@:"'\`<>[\\]]{0,200}:${NO_PORT}[^\\s@"'\`<>]{1,1000}$`, 'i'),
    `$1${HIDDEN}`,
  ],

  // Authorization: <kind> …, and Bearer … and Basic … without it, unless a word of a sentence follows.
  [
    /\b(authorization["']?\s{0,3}[:=]\s{0,3}[["']{0,2})(?:(?:bearer|basic|token|digest|negotiate|apikey|aws4-hmac-sha256)\s{1,3}[^\s"']+|(?=[^\s"']{0,500}[\d+/=])[^\s"']{8,})/gi,
    `$1${HIDDEN}`,
  ],
  [
    /\b([Bb]earer|BEARER|[Bb]asic|BASIC)\s{1,3}(?![A-Z]?[a-z]{0,20}(?:[\s.,:;)"'`]|$))[\w+/=.~-]{8,}/g,
    `$1 ${HIDDEN}`,
  ],

  // password=…, as libpq, queries of URLs and variables have it.
  [
    new RegExp(
      `(${NAMES}["']?\\s{0,3}=\\s{0,3})${UNKNOWN}(?:\\\\"[^"]*"?|"(?:\\\\[\\s\\S]|[^"\\\\])*"?|'(?:\\\\[\\s\\S]|[^'\\\\])*'?|\\S+)`,
      'gi',
    ),
    `$1${HIDDEN}`,
  ],
  // "password": "…", as JSON has it, also within a text of JSON.
  [
    new RegExp(
      `((\\\\?["'])[\\w.-]{0,40}${NAMES}\\2\\s{0,3}:\\s{0,3})${UNKNOWN}(?:\\\\"[^"]*"?|"(?:\\\\[\\s\\S]|[^"\\\\])*"?|'(?:\\\\[\\s\\S]|[^'\\\\])*'?|\\d{4,})`,
      'gi',
    ),
    `$1"${HIDDEN}"`,
  ],
  // password:…, as Go prints a struct. A path or the name of an image may look like it.
  [new RegExp(`(?<!/[\\w.-]{0,60})(${NAMES}:)(?![\\s"'])${UNKNOWN}\\S+`, 'gi'), `$1${HIDDEN}`],
  // password: …, as YAML has it, where a word follows that no sentence has: with a digit or a sign in it.
  [
    new RegExp(
      `(?<!/[\\w.-]{0,60})(${NAMES}["']?:\\s{1,3})${UNKNOWN}(?![a-z]\\w{0,30}:\\s)(?:(?="[^"]{0,500}[\\d!@#$%^&*+=])"[^"]*"?|(?='[^']{0,500}[\\d!@#$%^&*+=])'[^']*'?|(?=[^\\s"']\\S{0,500}[\\d!@#$%^&*+=])\\S{6,})`,
      'gi',
    ),
    `$1${HIDDEN}`,
  ],

  // --password …, and password "…" in a sentence.
  [new RegExp(`(--[\\w-]{0,40}${NAMES} {1,3})(?!-)[^\\s"']+`, 'gi'), `$1${HIDDEN}`],
  [/\b((?:password|passwd|passphrase)(?: is)? {1,3})(?:"[^"]{1,500}"|'[^']{1,500}')/gi, `$1"${HIDDEN}"`],
  // The credentials of a registry of images, a line of pgpass, the DSN of a driver, and a webhook.
  [/("auth"\s{0,3}:\s{0,3})"[^"]{0,500}"?/g, `$1"${HIDDEN}"`],
  [/(?<![\w.:*-])([\w.*-]{1,253}:(?:\d{1,5}|\*):[\w*-]{1,63}:[\w*-]{1,63}):\S+/g, `$1:${HIDDEN}`],
  [/(?<![\w:/])([\w.-]{1,63}):[^\s@:/"']{1,200}@(?=tcp\(|unix\()/g, `$1:${HIDDEN}@`],
  [/\b(hooks\.slack\.com\/services\/)\S+/g, `$1${HIDDEN}`],

  // A JSON Web Token, the tokens of GitHub, GitLab, Slack, npm, Docker Hub, Vault and Google, and the keys of AWS.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g, HIDDEN],
  [
    /(?<![\w-])(?:gh[a-z]_|github_pat_|gl(?:pat|dt|rt|ft|soat|ptt|cbt)-|xox[a-z]-|npm_|dckr_pat_|hvs\.|AIza|sk-(?:proj-|ant-)?)[\w.-]{4,}/g,
    HIDDEN,
  ],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{4,}/g, HIDDEN],
  // A line of a key whose begin and end are cut.
  [
    /(?<=^|[\s"'`:=,]|\\n)(?=[a-z0-9+/]{0,60}[A-Z])(?=[A-Z0-9+/]{0,60}[a-z])(?=[A-Za-z+/]{0,60}\d)[A-Za-z0-9+/]{40,}={0,2}(?=$|[\s"'`,;)\\])/g,
    HIDDEN,
  ],
  // A long word of letters and digits, unless it is a digest.
  [/(?<![\w+=]|sha\d{1,3}:)(?=[A-Za-z+_=]{0,64}\d)(?=[\d+_=]{0,64}[A-Za-z])[A-Za-z0-9+_=]{32,}/g, HIDDEN],
];

/**
 * A text without anything in it that looks like a credential: a status is readable by many who may not read Secrets.
 *
 * A word of letters alone is not taken for one, unless it is where only a credential can be: `password=…`, not `password: …`.
 * A URL that is cut in its user looks like one with a host.
 *
 * @param text no longer than some thousand characters; it may be cut at its end
 */
export const withoutSecrets = (text: string): string =>
  patterns.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);

/** A text of many lines without the private keys in it, which are lines of their own. */
export const withoutKeys = (text: string): string =>
  patterns.slice(0, 2).reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
