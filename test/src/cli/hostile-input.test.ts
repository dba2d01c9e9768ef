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
