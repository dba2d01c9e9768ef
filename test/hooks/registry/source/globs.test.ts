import { test } from 'tap';
import { globProblems, goPattern } from '../../../../hooks/registry/source/globs.ts';
import { readSpec } from '../../../support/read-spec.ts';
import { sourceOf } from '../../../support/refusals.ts';

/** As server 1.5.1 judges them: Go's path.Match, and then github.com/gobwas/glob v0.2.3. */
const judged = {
  match: [
    ...[
      '[',
      '[]',
      '[]a]',
      '[a',
      '[a-z',
      '[a-]',
      '[-a]',
      '[ab-]',
      '[!a-]',
      '[a-b-c]',
      '[^]',
      '[^-a]',
      '[^]a]',
      'a\\',
    ],
    ...['[a\\]', '[\\', '[a-\\]', '*[', '{[}', '[--a]'],
  ],
  glob: ['[z-a]', '[!]', '[!z-a]', '[a-cx-z]', '[a-z0-9]', '[\\--a]', '[a-\\]]', '[!a-b]c[z-a]'],
  neither: [
    ...[
      '',
      '*',
      '**',
      '?',
      'a',
      ']',
      'a]',
      '[a-z]',
      '[!a]',
      '[!a-z]',
      '[^a]',
      '[^^]',
      '[abc]',
      '[\\]]',
      '[a-a]',
      '[[]*',
    ],
    ...[
      '[ax-z]',
      '\\[',
      '\\\\',
      '\\{',
      'io.github.*/?',
      '{a,b}',
      '{}',
      '{[a]}',
      '{[}]}',
      '[{]',
      '}',
      ',',
      'é',
      '[é-ü]',
      '[😀]',
    ],
    ...['[!!]', '[!]-a]', '[A-\\]]', '[\\a-c]', '[\\-a]', '{a,{b,c}}', 'a\n*'],
  ],
};

const matches = new RegExp(goPattern);

test('a glob is accepted if both readers of the server accept it', async (t) => {
  for (const glob of judged.match) t.notMatch(glob, matches, `${glob}: refused by path.Match`);
  for (const glob of judged.glob) {
    t.match(glob, matches, `${glob}: accepted by path.Match`);
    t.strictSame(
      globProblems(glob, 'spec.x'),
      [
        {
          field: 'spec.x',
          message: `must have one range such as [a-z], or some characters such as [abc], in each "[…]", found ${JSON.stringify(glob)}: the server excludes every entry otherwise`,
        },
      ],
      `${glob}: refused by the other`,
    );
  }
  for (const glob of judged.neither) {
    t.match(glob, matches, `${glob}: accepted by path.Match`);
    t.strictSame(globProblems(glob, 'spec.x'), [], `${glob}: accepted by the other`);
  }
});

test('the patterns of names are globs, tags are not', async (t) => {
  const filter = {
    names: { include: ['ok', '[a-]'], exclude: ['[z-a]', '{a'] },
    tags: { include: ['[a-]'], exclude: ['['] },
  };
  t.strictSame(
    readSpec(sourceOf({ filter: { ...filter, names: { exclude: filter.names.exclude } } })).problems,
    [
      {
        field: 'spec.sources[0].filter.names.exclude[0]',
        message:
          'must have one range such as [a-z], or some characters such as [abc], in each "[…]", found "[z-a]": the server excludes every entry otherwise',
      },
      {
        field: 'spec.sources[0].filter.names.exclude[1]',
        message: 'must have each "{" closed, found "{a": add "}", or "\\" before the "{"',
      },
    ],
  );
  t.strictSame(readSpec(sourceOf({ filter })).problems, [
    {
      field: 'spec.sources[0].filter.names.include[1]',
      message:
        'must be a glob pattern with each "[" closed, whole ranges such as [a-z] in it, and no "\\" at its end, found "[a-]"',
    },
  ]);
});

test('a long glob takes no longer than its length', async (t) => {
  for (const part of ['[^a]', '[a-', '\\[', '[[[', '{', '[^', '[!a]{']) {
    const text = part.repeat(100_000 / part.length);
    matches.test(`${text}[`);
    globProblems(text, 'spec.x');
  }
  t.pass('an exponential search would not end');
});
