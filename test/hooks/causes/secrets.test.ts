import fc from 'fast-check';
import { test } from 'tap';
import { deepestError } from '../../../hooks/causes/deepest-error.ts';
import { withoutSecrets } from '../../../hooks/causes/secrets.ts';
import { lastWords, wordsOf } from '../../../hooks/causes/words.ts';
import { keptLog } from '../../server/pod/kept-log.ts';
import { numRuns, seed } from '../../support/fuzz-runs.ts';
import { growthOf } from '../../support/growth.ts';

interface Case {
  readonly reason: string;
  readonly text: string;
  readonly words: string;
}

/** Put together here, so that no scanner takes them for tokens that somebody lost. */
const JWT = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiJub2JvZHkifQ', 'c2lnbmF0dXJl'].join('.');
const GITHUB = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
const GITLAB = ['glpat', 'a1B2-c3D4_e5F6g7H8'].join('-');
const AWS = ['AKIA', 'IOSFODNN7EXAMPLE'].join('');
const pem = (body: string) => `-----BEGIN RSA PRIVATE KEY-----\n${body}\n-----END RSA PRIVATE KEY-----`;
const LINE = 'MIIEowIBAAKCAQEAx1y/2z3A4b5C6d7E8f9G+0h1I2j3K4l5/M6n7O8p9Q0r1S2t3U4';

const SECRETS: readonly Case[] = [
  {
    reason: 'a password in a URL',
    text: 'dial postgres://db_app:p4ss@postgres:5432/registry failed',
    words: 'dial postgres://***@postgres:5432/registry failed',
  },
  {
    reason: 'a URL in an error of Go',
    text: 'parse "postgres://u:p@h/db": invalid port',
    words: 'parse "postgres://***@h/db": invalid port',
  },
  {
    reason: 'a password with spaces, quotes and signs of URLs in an error of Go',
    text: 'parse "postgres://u:p w@r/d?#@h/db": net/url: invalid userinfo',
    words: 'parse "postgres://***@h/db": net/url: invalid userinfo',
  },
  {
    reason: 'a password with a slash and an @ outside of quotes',
    text: 'dial postgres://u:p@ss/w0rd@h/db: refused',
    words: 'dial postgres://***@h/db: refused',
  },
  {
    reason: 'a URL in the quotes of pgx',
    text: "cannot parse `postgres://u:p w'@h/db`: failed to parse as URL",
    words: 'cannot parse `postgres://***@h/db`: failed to parse as URL',
  },
  {
    reason: 'a URL in single quotes',
    text: "can't dial 'postgres://u:p w@h/db': bad",
    words: "can't dial 'postgres://***@h/db': bad",
  },
  {
    reason: 'a URL in single quotes that is cut',
    text: "can't dial 'postgres://u:p w",
    words: "can't dial 'postgres://***",
  },
  {
    reason: 'a user without a name, as Redis has it',
    text: 'dial redis://:s3cret@redis:6379/0',
    words: 'dial redis://***@redis:6379/0',
  },
  {
    reason: 'a token in place of a user',
    text: 'clone https://t0ken@git.example.com/a.git: not found',
    words: 'clone https://***@git.example.com/a.git: not found',
  },
  {
    reason: 'a URL that is cut in its password',
    text: 'dial postgres://db_app:s3cr',
    words: 'dial postgres://***',
  },
  {
    reason: 'the DSN of libpq',
    text: 'cannot connect: host=h user=u password=p4ss,w&rd dbname=d',
    words: 'cannot connect: host=h user=u password=*** dbname=d',
  },
  {
    reason: 'the DSN of libpq with a password in quotes',
    text: "cannot parse `host=h password='p4\\'s s' dbname=d`: bad",
    words: 'cannot parse `host=h password=*** dbname=d`: bad',
  },
  {
    reason: 'a DSN with spaces around the sign',
    text: 'host = h password = p4ss dbname = d',
    words: 'host = h password = *** dbname = d',
  },
  {
    reason: 'a parameter of a URL',
    text: 'Get "https://h/p?access_token=abcdef": EOF',
    words: 'Get "https://h/p?access_token=*** EOF',
  },
  { reason: 'a variable', text: 'PGPASSWORD=hunter PGUSER=u', words: 'PGPASSWORD=*** PGUSER=u' },
  {
    reason: 'a text in quotes that is cut',
    text: 'password="one two thr',
    words: 'password=***',
  },
  {
    reason: 'a header',
    text: 'Authorization: Bearer abc.def-ghi',
    words: 'Authorization: ***',
  },
  {
    reason: 'a header in a list of Go',
    text: 'map[Authorization:[Basic dXNlcjpwYXNz] Host:[h]]',
    words: 'map[Authorization:[*** Host:[h]]',
  },
  { reason: 'a bearer', text: 'sent bearer abc123def456, got 401', words: 'sent bearer ***, got 401' },
  { reason: 'basic', text: 'sent Basic dXNlcjpwYXNz and failed', words: 'sent Basic *** and failed' },
  {
    reason: 'a flag',
    text: 'run: x --db-password hunter --port 1',
    words: 'run: x --db-password *** --port 1',
  },
  { reason: 'quotes', text: 'bad password "two words", sorry', words: 'bad password "***", sorry' },
  { reason: 'a sentence', text: "the password is 'hunter'", words: 'the password is "***"' },
  { reason: 'Docker', text: '{"auths":{"h":{"auth":"dTpw"}}}', words: '{"auths":{"h":{"auth":"***"}}}' },
  {
    reason: 'pgpass',
    text: 'line db:5432:registry:db_app:s3 bad',
    words: 'line db:5432:registry:db_app:*** bad',
  },
  { reason: 'a DSN of MySQL', text: 'open u:hunter@tcp(db:3306)/r', words: 'open u:***@tcp(db:3306)/r' },
  { reason: 'a variable of Azure', text: 'AZURE_STORAGE_KEY=abc', words: 'AZURE_STORAGE_KEY=***' },
  {
    reason: 'a webhook',
    text: 'post https://hooks.slack.com/services/T0/B0/xyz failed',
    words: 'post https://hooks.slack.com/services/*** failed',
  },
  { reason: 'a JSON Web Token', text: `token "${JWT}" is expired`, words: 'token "***" is expired' },
  { reason: 'a token of GitHub', text: `remote: ${GITHUB} is revoked`, words: 'remote: *** is revoked' },
  { reason: 'a token of GitLab', text: `remote: ${GITLAB} is revoked`, words: 'remote: *** is revoked' },
  { reason: 'a key of AWS', text: `key ${AWS} is not known`, words: 'key *** is not known' },
  {
    reason: 'a key of JSON',
    text: 'body {"user":"u","clientSecret":"a\\"b c"}',
    words: 'body {"user":"u","clientSecret":"***"}',
  },
  {
    reason: 'JSON in a text of JSON',
    text: 'body "{\\"password\\":\\"hunter\\",\\"user\\":\\"u\\"}"',
    words: 'body "{\\"password\\":"***",\\"user\\":\\"u\\"}"',
  },
  { reason: 'a number', text: '{"token":12345678}', words: '{"token":"***"}' },
  { reason: 'Python', text: "{'db_password': 'hunter'}", words: '{\'db_password\': "***"}' },
  { reason: 'YAML', text: 'dbPassword: hunter2', words: 'dbPassword: ***' },
  { reason: 'YAML in quotes', text: 'password: "two words 1" end', words: 'password: *** end' },
  {
    reason: 'a struct of Go',
    text: '{User:u Password:hunter Port:1}',
    words: '{User:u Password:*** Port:1}',
  },
  { reason: 'a private key', text: `key ${pem(LINE)} is bad`, words: 'key *** is bad' },
  { reason: 'a private key that is cut', text: `key ${pem(LINE).slice(0, 60)}`, words: 'key ***' },
  {
    reason: 'the end of a private key',
    text: `${LINE.slice(50)}\n-----END PRIVATE KEY----- is bad`,
    words: '*** is bad',
  },
  { reason: 'a line of a private key', text: `line ${LINE}`, words: 'line ***' },
  { reason: 'a long word', text: `key a1${'b'.repeat(30)}`, words: 'key ***' },
  {
    reason: 'a credential between colours',
    text: '\u001b[31mpassword=\u001b[1mhunter\u001b[0m end',
    words: 'password=*** end',
  },
];

test('a status quotes no credentials', async (t) => {
  for (const { reason, text, words } of SECRETS) {
    t.equal(wordsOf(text), words, reason);
    t.equal(wordsOf(words), words, `${reason}: nothing is left to hide`);
  }
});

const READABLE: readonly { readonly reason: string; readonly text: string }[] = [
  {
    reason: 'the digest of an image',
    text: `image ghcr.io/a/b@sha256:${'0a1b2c3d'.repeat(8)} not found`,
  },
  { reason: 'images', text: 'ghcr.io/acme/token:v1.2.3-rc1 and ghcr.io/acme/vault-secret:2026 not found' },
  { reason: 'a pod', text: 'pod mcp-system/catalog-api-7d9c6b5f4d-x2x7q is gone' },
  { reason: 'a path', text: 'open /secrets/registry-db/app-password: no such file or directory' },
  {
    reason: 'the path of a token',
    text: 'open /var/run/secrets/kubernetes.io/serviceaccount/token: permission denied',
  },
  { reason: 'a token that is refused', text: 'invalid token: signature is invalid' },
  { reason: 'a token that another program refused', text: 'invalid token: oauth2: cannot fetch token: 401' },
  { reason: 'a user that is refused', text: 'password authentication failed for user "db_app"' },
  { reason: 'Basic as a word', text: 'server wants basic authentication, not Bearer authentication.' },
  { reason: 'a Secret that is missing', text: 'secret "registry-db" not found' },
  {
    reason: 'a key that is missing',
    text: "couldn't find key app-password in Secret mcp-system/registry-db",
  },
  { reason: 'whether there is a password', text: 'has_password=true dynamic_auth=false token=nil password=' },
  { reason: 'a URL with a port', text: 'Get "https://h:8443/p": dial tcp 10.0.0.1:8443: refused' },
  { reason: 'a URL with a port at the end', text: 'no answer from https://h:8443' },
  { reason: 'a URL of IPv6 at the end', text: 'no answer from http://[fe80::1]' },
  { reason: 'an @ in a path', text: 'Get "https://h/@scope/a": 404 for a@b.example' },
  {
    reason: 'the user and the database of pgx',
    text: 'failed to connect to `user=db_app database=registry`: 10.0.0.1:5432 (postgres): refused',
  },
  {
    reason: 'a variable of the server',
    text: 'set THV_REGISTRY_DATABASE_MIGRATIONPASSWORD or THV_REGISTRY_AUTH_OAUTH_PROVIDERS',
  },
  {
    reason: 'authorization as a word before a colon',
    text: 'may require authorization: server message: insufficient_scope: authorization failed',
  },
  { reason: 'addresses', text: 'dial tcp 10.0.0.7:51342->10.0.0.9:5432: connect: refused' },
  { reason: 'authorization as a word', text: 'Authorization not configured, filtering disabled' },
  { reason: 'a UUID', text: 'uid 0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f' },
];

test('what is no credential stays as it is', async (t) => {
  for (const { reason, text } of READABLE) t.equal(wordsOf(text), text, reason);
});

const FOREIGN: readonly Case[] = [
  { reason: 'colours', text: '\u001b[1;31mred\u001b[0m', words: 'red' },
  { reason: 'a link of a terminal', text: '\u001b]8;;https://h\u0007text\u001b]8;;\u0007', words: 'text' },
  { reason: 'control characters', text: 'a\u0000b\u0008c\u007fd\u0085e', words: 'a b c d e' },
  { reason: 'a change of direction', text: 'a\u202eb\u2066c', words: 'a b c' },
  { reason: 'half a character', text: 'a\ud800b', words: 'a b' },
  { reason: 'lines', text: ' a\r\n\tb\u2028c ', words: 'a b c' },
  { reason: 'times', text: 'at 2026-01-02T03:04:05.678Z it failed', words: 'at it failed' },
  { reason: 'a long text', text: 'word '.repeat(2000), words: `${'word '.repeat(99)}word…` },
];

test('a status quotes one line without what a terminal acts on', async (t) => {
  for (const { reason, text, words } of FOREIGN) t.equal(wordsOf(text), words, reason);
  for (const value of [undefined, null, 1, {}, [], '', ' \n\u001b[0m']) t.equal(wordsOf(value), undefined);
});

/** A credential of letters, digits and some of these signs, that no part of the texts around it has. */
const secretOf = (signs: string, minLength = 12, maxLength = 60) =>
  fc
    .array(fc.constantFrom(...'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789', ...signs), {
      minLength,
      maxLength,
    })
    .map((letters) => `Z7q${letters.join('')}`);

const base64 = secretOf('+/', 20, 80);
const word = secretOf('_');
const dots = secretOf('-_.');
const signs = secretOf('!#$%^&*()_+=-~[]{}|;:,./?<>@');
/** Signs that a URL may have in a password; the others are escaped in it. */
const ofUrl = secretOf('!$&*+,;=-._~%');

interface Form {
  readonly reason: string;
  readonly secret: fc.Arbitrary<string>;
  readonly write: (secret: string) => string;
  /** Whether nothing tells that it is a credential once its end is cut. */
  readonly needsEnd?: boolean;
}

/** Each way in which a credential comes in a text. */
const FORMS: readonly Form[] = [
  { reason: 'URL', secret: ofUrl, write: (s) => `postgres://db_app:${s}@postgres/db` },
  { reason: 'URL of Go', secret: signs, write: (s) => `parse "postgres://db_app:${s}@h/db": bad` },
  { reason: 'URL of pgx', secret: signs, write: (s) => `cannot parse \`postgres://db_app:${s}@h/db\`: bad` },
  {
    reason: 'user of a URL',
    secret: dots,
    write: (s) => `https://${s}@git.example.com/a.git`,
    needsEnd: true,
  },
  { reason: 'libpq', secret: signs, write: (s) => `host=h password=${s} dbname=d` },
  { reason: 'libpq in quotes', secret: signs, write: (s) => `host=h password='${s} ${s}' dbname=d` },
  { reason: 'query', secret: word, write: (s) => `Get "https://h/p?token=${s}&a=b": EOF` },
  { reason: 'variable', secret: signs, write: (s) => `CLIENT_SECRET=${s}` },
  { reason: 'bearer', secret: dots, write: (s) => `bearer ${s}` },
  { reason: 'Bearer', secret: dots, write: (s) => `Authorization: Bearer ${s}` },
  { reason: 'Basic', secret: base64, write: (s) => `Authorization: Basic ${s}==` },
  { reason: 'JWT', secret: dots.map((s) => s.replaceAll('.', '-')), write: (s) => `eyJhbGciOi.${s}.${s}` },
  { reason: 'GitHub', secret: word, write: (s) => `ghp_${s}` },
  { reason: 'GitLab', secret: word, write: (s) => `glpat-${s}` },
  {
    reason: 'AWS',
    secret: secretOf('').map((s) => s.toUpperCase()),
    write: (s) => `AKIA${s}`,
  },
  { reason: 'JSON', secret: signs, write: (s) => `{"user":"u","password":"${s} ${s}"}` },
  { reason: 'JSON in JSON', secret: signs, write: (s) => `"{\\"apiKey\\":\\"${s}\\"}"` },
  { reason: 'YAML', secret: signs.map((s) => s.replaceAll(':', '')), write: (s) => `password: ${s}` },
  { reason: 'Go', secret: signs, write: (s) => `{User:u Token:${s}} ` },
  {
    reason: 'PEM',
    secret: secretOf('+/', 61, 61),
    write: (s) => `-----BEGIN PRIVATE KEY-----\n${s}\n${s.slice(0, 20)}\n-----END PRIVATE KEY-----`,
  },
];

/** As much of a credential as may be seen: what a rule takes for a short word, or for a port. */
const SEEN = 7;

/** @throws if a text has a part of a credential */
function assertHidden(text: string | undefined, secret: string): void {
  for (let start = 0; start + SEEN < secret.length; start += 1) {
    const part = secret.slice(start, start + SEEN + 1);
    if (text?.includes(part)) throw new Error(`${part} is in ${text}`);
  }
}

const sentence = fc.constantFrom('', 'failed to start: ', 'Error: ', 'it said "a", then ', 'é → ', 'a\n');

test('a credential is quoted nowhere, wherever the text is cut', async (t) => {
  for (const { reason, secret, write, needsEnd = false } of FORMS) {
    const property = fc.property(
      secret,
      sentence,
      sentence,
      fc.nat(),
      fc.boolean(),
      (value, before, after, at, isLine) => {
        const form = write(value);
        const text = `${before}${form} ${after}`;
        const end = needsEnd ? text : text.slice(0, at % (text.length + 1));
        for (const words of [text, end].flatMap((each) => [wordsOf(each), lastWords(each)])) {
          assertHidden(words, value);
        }
        // As the kubelet cuts a log: somewhere in the form. One line follows, or more of the same one.
        const rest = `${isLine ? '\n' : ' '}${'later '.repeat(400)}`;
        const start = keptLog(`${text}${rest.slice(0, 2048 - (at % (form.length + 1)))}`);
        assertHidden(lastWords(start), value);
      },
    );
    t.doesNotThrow(() => fc.assert(property, { numRuns: numRuns / 10, ...seed }), reason);
  }
});

/** What each pattern begins with, so that it begins again and again, and what others are made of. */
const REPEATED = [
  ...['a://', 'a://b', 'a://b:', 'a://b: ', 'a://b:1 ', '"a://', '"a://b:', "'a://b: ", '`a://b:', 'a://@'],
  ...[
    'password',
    'password=',
    'password= ',
    'password="',
    "password='",
    'password=\\"',
    'password="\\',
    'pass',
  ],
  ...[
    '"password":',
    '"password":"',
    '"password":"\\',
    '\\"password\\":\\"',
    '"a',
    '\\"',
    "'a':",
    '"token":1',
  ],
  ...[
    'password:',
    'password: ',
    'token: a ',
    'token: a',
    'token: "',
    'token: "a" ',
    '/token:',
    '/a-token: 1',
  ],
  ...['authorization: ', 'authorization: a ', 'bearer ', 'bearer aaaaaaaa', 'Basic 1', 'basic', 'A b: '],
  ...['eyJ', '-eyJ', 'eyJaaaaa.', 'eyJaaaaa ', ' eyJaaaaa-', 'ghp_', '-ghp_', 'glpat-', 'AKIA', 'AKIA '],
  ...['-----BEGIN ', '-----BEGIN A-----', '-----END A-----', '-----END ', '-----', '-'],
  ...['a', '1', 'a1', 'a1=', 'aA1/', 'aA1 ', '\\naA1', 'sha256:a1', '_', '+', 'a+', '/', '/a.'],
  ...['\u001b', '\u001b[', '\u001b[1', '\u001b[1;', '\u001b]8;;', '\u001b;a', ';', '\u009b', '\u0007'],
  ...['2026-01-01 ', '2026-01-01T00:00:00', '2026-01-01T00:00:00.1', '2026-', '2026/01/01 00:00:00 '],
  ...['{', '{"msg":"a"}\n', 'msg=', ' msg="', 'a=', 'a="', 'a="\\', 'level=error msg=a\n', 'E0101 '],
  ...[
    'Error',
    'Error: ',
    'Error:\n',
    'Error:\na\n',
    ': ',
    'a: ',
    'failed to a: ',
    'failed to a ',
    'a failed',
    '(',
  ],
  ...[
    ' in line 1',
    ' in line 1: ',
    ' in line 1: CREATE ',
    '(details: ',
    '(details: a)\n',
    'panic: ',
    'panic: a\n',
  ],
  ...[' ', '\n', '\r\n', '\t', '"', "'", '`', '\\', ':', '@', '=', '.', '😀', '\ud800', '\u202e', 'é'],
];

test('a text that is ten times as long takes about ten times as long, whatever is in it', async (t) => {
  const slow: string[] = [];
  for (const each of [withoutSecrets, deepestError, lastWords]) {
    for (const text of REPEATED) {
      for (const [begin, end] of [
        ['', '!'],
        ['"', '@'],
        ['password="', '\n'],
      ] as const) {
        const long = (size: number) => `${begin}${text.repeat(size / text.length)}${end}`;
        const found = growthOf((size) => {
          const input = long(size);
          return () => each(input);
        }, 50_000);
        if (found) slow.push(`${each.name} of ${JSON.stringify([begin, text, end])}: ${found}`);
      }
    }
  }
  t.strictSame(slow, []);
});
