import { test } from 'tap';
import { at, growth, pathsIn, replaced, specs, withSpec } from '../support/growth.ts';

/** Texts by which a pattern may go back and forth, separated by spaces. */
const texts = [
  ' ',
  '\n',
  ...'a / a/ ../ ./ 0 1 .1 1. 1h - . a. a- \\ % %2f @ [ [a [a] { {a {a} [a]{a} :// : a: # ? " ~ ~1 $ $( 😀'.split(
    ' ',
  ),
];
const textGrowths = [
  ...texts.map((text) => ({ begin: '', text, end: '!' })),
  { begin: '.', text: '1', end: '!' },
  { begin: '1', text: '0', end: 'e0' },
  { begin: '/', text: 'a/', end: '' },
  { begin: 'https://', text: '@', end: '' },
  { begin: 'https://a', text: '/', end: '!' },
  { begin: '', text: '../', end: '.json' },
];

test('a text that is ten times as long takes about ten times as long, whatever is in it', {
  timeout: 600_000,
}, async (t) => {
  const slow: string[] = [];
  for (const spec of Object.values(specs)) {
    for (const path of pathsIn(spec).filter((each) => typeof at(spec, each) === 'string')) {
      for (const { begin, text, end } of textGrowths) {
        const long = (size: number) => `${begin}${text.repeat(size / text.length)}${end}`;
        const found = growth((size) => withSpec(replaced(spec, path, long(size))), 250_000);
        if (found) slow.push(`${path.join('.')} as ${JSON.stringify([begin, text, end])}: ${found}`);
      }
    }
  }
  t.strictSame(slow, []);
});
