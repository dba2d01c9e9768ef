import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'tap';
import { cli } from '../../support/cli.ts';
import { numRuns, seed } from '../../support/fuzz-runs.ts';
import { goldenCases, goldenText } from '../../support/golden-cases.ts';

/** What means something in YAML, and what does not. */
const piece = fc.oneof(
  fc.constantFrom(
    ...[
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '\n',
      '  ',
      '- ',
      ': ',
      '? ',
      '&a ',
      '*a',
      '<<: *a\n',
      '!!binary ',
      '!x ',
    ],
    ...[
      '|\n',
      '>-\n',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '#',
      '\t',
      '\r',
      '\u0000',
      '\ufeff',
      '\u2028',
      '\ud800',
    ],
    ...['null', '.inf', '__proto__: 1\n', 'metadata: 1\n', 'spec: []\n', 'kind: List\nitems: [1]\n', '1e999'],
  ),
  fc.string(),
);

const manifests = goldenCases.map(({ name }) => goldenText(name, 'registry.yaml'));

/** The manifest of a registry in which pieces take the place of others. */
const broken = fc
  .tuple(
    fc.constantFrom(...manifests),
    fc.array(fc.tuple(fc.nat(), fc.nat(40), piece), { minLength: 1, maxLength: 4 }),
  )
  .map(([text, edits]) =>
    edits.reduce((edited, [at, length, put]) => {
      const begin = at % (edited.length + 1);
      return edited.slice(0, begin) + put + edited.slice(begin + length);
    }, text),
  );
const noise = fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));

for (const args of [
  ['render', '--status', '-f', '-'],
  ['validate', '-f', '-'],
  ['takeover', '-f', '-'],
  ['export', 'manifests', '-f', '-'],
  ['export', 'helm', '-f', '-'],
]) {
  test(`${args.slice(0, args.indexOf('-f')).join(' ')} answers whatever it is given`, async (t) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(broken, noise), async (stdin) => {
        const { code, err } = await cli(args, { stdin });
        return [0, 1, 2].includes(code) && !/ is a bug /.test(err);
      }),
      { numRuns: Math.ceil(numRuns / 4), ...seed },
    );
    t.pass();
  });
}

/** What the log of a CI system would take for a command, what a terminal would act on, and what turns a line around. */
const injected = 'x\n::error::y\r::z##vso[a]##[b]\u001b[31m\u009b2J\u2028\u202e';
const intruder = (name: string, spec: object) => ({
  ...{ apiVersion: 'toolhive.stacklok.dev/v1beta1', kind: 'MCPRegistry', metadata: { name }, spec },
});
const named = { configYAML: 'sources: []\n', [injected]: 1 };
const environmentOf = (value: string) => ({
  configYAML: 'sources: []\nauth: {mode: oauth}\n',
  podTemplateSpec: { spec: { containers: [{ name: 'registry-api', env: [{ name: injected, value }] }] } },
});
const intruders = [
  intruder(`a${injected}`, named),
  intruder('b', environmentOf(injected)),
  intruder('b', environmentOf('')),
  { apiVersion: 'v1', kind: injected, metadata: { name: injected } },
];

for (const { args, reason } of [
  { args: ['render'], reason: 'messages' },
  { args: ['validate'], reason: 'findings' },
  { args: ['validate', '-n', injected], reason: 'namespaces' },
  { args: ['diff', '--against', 'old.json'], reason: 'differences' },
  { args: ['takeover'], reason: 'blocks' },
  { args: ['export', 'manifests'], reason: 'what is not exported' },
]) {
  test(`${args[0]}: nothing of the input begins a line of its own, or steers a terminal: ${reason}`, async (t) => {
    const folder = t.testdir({ 'old.json': JSON.stringify([intruder('b', environmentOf('before'))]) });
    const file = join(folder, `new${injected.replaceAll('/', '')}.json`);
    writeFileSync(file, JSON.stringify(intruders));
    const paths = args.map((arg) => (arg === 'old.json' ? join(folder, arg) : arg));
    const { out, err } = await cli([...paths, '-f', file]);
    // What others print to standard output is data.
    const said = args[0] === 'validate' || args[0] === 'diff' ? out + err : err;
    t.match(said, 'x ::error::y ::z# #vso[a]# #[b] [31m 2J ');
    t.notMatch(said, /(?![\t\n])\p{C}|[\p{Zl}\p{Zp}]|^::|##(?:vso)?\[/mu);
  });
}

test('a path does not begin a line with a command', async (t) => {
  const folder = t.testdir({ '::error::x.yaml': JSON.stringify(intruder('', named)), '::z.yaml': '[' });
  const before = process.cwd();
  process.chdir(folder);
  t.teardown(() => process.chdir(before));
  for (const path of ['.', '::error::x.yaml']) {
    const { out } = await cli(['validate', '-f', path]);
    t.match(out, /^\.\/::error::x\.yaml:1:/m);
    t.notMatch(out, /^::/m);
  }
});
