import { test } from 'tap';
import { growth, milliseconds, withSpec } from '../../support/growth.ts';

const KiB256 = 262_144;
const repeated = (text: string) => (size: number) => text.repeat(size / text.length);
const numbered = (write: (index: number) => string) => (size: number) => {
  const items = Array.from({ length: size / 10 }, (_, index) => write(index));
  return items.join('').slice(0, size);
};
const between =
  (begin: string, text: (size: number) => string, end = '') =>
  (size: number) =>
    begin + text(size - begin.length - end.length) + end;

/** YAML that is hard on a parser: errors, nesting and long runs of each of its tokens. */
const yamls: Readonly<Record<string, (size: number) => string>> = {
  'errors in a flow sequence': between('a: [', repeated(',')),
  'errors in nested flow sequences': between(`a: ${'['.repeat(90)}`, repeated(',')),
  'errors in a quoted text': between('a: "', repeated('\\q')),
  'closing brackets': between('a: 1\n', repeated(']\n')),
  'nested flow sequences': between('a: ', repeated('[')),
  'nested flow maps': between('a: ', repeated('{a: ')),
  'nested sequences': repeated('- '),
  'nested keys': repeated('? '),
  'nested maps': repeated(': '),
  'deeper and deeper maps': (size) =>
    Array.from({ length: Math.sqrt(size) }, (_, level) => `${' '.repeat(level)}a:`).join('\n'),
  'empty keys': repeated(':\n'),
  'empty explicit keys': repeated('?\n'),
  'empty items': repeated('-\n'),
  anchors: repeated('&a '),
  'different anchors': between(
    'a: [',
    numbered((index) => `&a${index} 1,`),
    ']',
  ),
  aliases: between('a: &a 1\nb: [', repeated('*a,'), ']'),
  tags: repeated('!a '),
  documents: repeated('---\n'),
  'ends of documents': repeated('...\n'),
  directives: repeated('%TAG ! a\n'),
  comments: between('a: 1\n', repeated('#\n')),
  'comments before an item': between('a:\n', repeated(' # x\n'), ' - 1'),
  'comments in a flow sequence': between('a: [', repeated('1, #\n'), ']'),
  'blank lines': between('a:\n', repeated(' \n'), ' b'),
  'blank lines in a block': between('a: >\n', repeated('\n b\n')),
  'blank lines in quotes': between('a: "', repeated('\n'), '"'),
  'a plain text of many lines': between('a: ', repeated('b\n ')),
  'a block of many lines': between('a: |\n', repeated(' b\n')),
  'a text of escapes': between('a: "', repeated('\\n'), '"'),
  'a text of quotes': between("a: '", repeated("''"), "'"),
  keys: numbered((index) => `k${index}: 1\n`),
  'keys of a flow map': between(
    'a: {',
    numbered((index) => `k${index}: 1,`),
    '}',
  ),
  'equal keys': repeated('k: 1\n'),
  'merge keys': between('a: &a {b: 1}\nc:\n', repeated(' <<: *a\n')),
  'explicit keys': repeated('? b\n'),
  items: between('a:\n', repeated('- b\n')),
  'items of a flow sequence': between('a: [', repeated('1,'), ']'),
  'a long text': repeated('a'),
  'a long key': between('', repeated('a'), ': 1'),
  'a long number': between('a: ', repeated('1')),
  colons: between('a: ', repeated('b:')),
  'colons and spaces': repeated('a: b: '),
  hyphens: repeated('-'),
  spaces: repeated(' '),
  tabs: between('a:\n', repeated('\t\n')),
  'carriage returns': repeated('\r'),
  quotes: repeated('"'),
};

for (const [what, write] of Object.entries(yamls)) {
  test(`a configuration of ten times as many ${what} takes about ten times as long`, async (t) => {
    t.equal(
      growth((size) => withSpec({ configYAML: write(size) }), KiB256),
      undefined,
    );
  });
}

test('the first error is reported: a text full of errors takes no longer than a valid one', async (t) => {
  const right = milliseconds(withSpec({ configYAML: between('a: [', repeated('1,'), ']')(KiB256) }));
  const wrong = milliseconds(withSpec({ configYAML: between('a: [', repeated(','))(KiB256) }));
  t.ok(wrong < 2 * right, `${wrong.toFixed(1)} ms, and ${right.toFixed(1)} ms without`);
});
