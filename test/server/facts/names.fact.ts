import { test } from 'tap';
import { startWorld } from '../world.ts';
import { config, fileSource, objectsOf, read, smallest, specOf } from './facts.ts';

const VIEWS: readonly { readonly reason: string; readonly name: string; readonly error?: RegExp }[] = [
  { reason: 'letters of any case, digits and signs', name: 'Team_A-1.0~x' },
  { reason: 'signs that a URL escapes', name: `a/b?c#d&e+f;g,h=i@j:k"l'm\\n{o}|p<q>r*` },
  { reason: 'other alphabets', name: 'répertoire-日本' },
  { reason: 'white space that is not of ASCII', name: 'a\u00a0b\u2003c' },
  { reason: 'a space', name: 'a b', error: /cannot contain whitespace/ },
  { reason: 'a tab', name: 'a\tb', error: /cannot contain whitespace/ },
  { reason: 'a percent sign', name: '100%', error: /invalid URL encoding/ },
  { reason: 'a percent sign before digits', name: 'a%20b', error: /cannot contain whitespace/ },
];

test('server 1.5.1 serves a view under any name, except with white space and percent signs', async (t) => {
  const world = await startWorld(t);
  const pod = await world.start({
    ...smallest(),
    config: config((value) => {
      value.registries = VIEWS.map(({ name }) => ({ name, sources: ['a'] }));
    }),
  });
  await pod.ready();
  await read(pod, 'a');
  for (const { reason, name, error } of VIEWS) {
    const { status, servers, body } = await pod.view(name);
    if (error) t.match({ status, body }, { status: 400, body: { error } }, reason);
    else t.strictSame({ status, servers }, { status: 200, servers: ['io.example/a'] }, reason);
  }
});

const ENTRIES = ['io.example/alpha', 'io.example/beta'];

const GLOBS: readonly {
  readonly reason: string;
  readonly pattern: string;
  readonly expected: readonly string[];
}[] = [
  { reason: '* also matches slashes', pattern: '*alpha', expected: ['io.example/alpha'] },
  {
    reason: 'alternatives',
    pattern: 'io.example/{alpha,beta}',
    expected: ['io.example/alpha', 'io.example/beta'],
  },
  { reason: 'a range', pattern: 'io.example/[a-b]*', expected: ['io.example/alpha', 'io.example/beta'] },
  { reason: '[!…] is the negation', pattern: 'io.example/[!a]*', expected: ['io.example/beta'] },
  { reason: '[^…] is none', pattern: 'io.example/[^a]lpha', expected: ['io.example/alpha'] },
];

const REFUSED_GLOBS = [
  { reason: 'a range without an end', pattern: '[a-]', error: /syntax error in pattern/ },
  { reason: 'a class that is not closed', pattern: '[a', error: /syntax error in pattern/ },
  { reason: 'an empty class', pattern: '[]', error: /syntax error in pattern/ },
  { reason: 'a backslash at the end', pattern: 'a\\', error: /syntax error in pattern/ },
  { reason: 'a range from high to low', pattern: '[z-a]', error: /should be greater than lo/ },
  { reason: 'two ranges in a class', pattern: '[a-cx-z]', error: /expected close range character/ },
  { reason: 'a negation of nothing', pattern: '[!]', error: /could not parse range/ },
];

test('server 1.5.1 understands these globs', async (t) => {
  const world = await startWorld(t);
  for (const [index, { reason, pattern, expected }] of GLOBS.entries()) {
    await t.test(reason, async (t) => {
      const name = `names-${index}`;
      const pod = await world.start({
        spec: specOf([fileSource(name)]),
        objects: objectsOf({ [name]: ENTRIES }),
        config: config((value) => {
          value.sources[0].filter = { names: { include: [pattern] } };
        }),
      });
      t.teardown(pod.kill);
      await pod.ready();
      await read(pod, name);
      t.strictSame((await pod.view('default')).servers, expected, pattern);
    });
  }
});

test('server 1.5.1 excludes everything for a glob that it does not understand', async (t) => {
  const world = await startWorld(t);
  for (const [index, { reason, pattern, error }] of REFUSED_GLOBS.entries()) {
    await t.test(reason, async (t) => {
      const name = `names-${index}`;
      const pod = await world.start({
        spec: specOf([fileSource(name)]),
        objects: objectsOf({ [name]: ['io.example/alpha'] }),
        config: config((value) => {
          value.sources[0].filter = { names: { exclude: [pattern] } };
        }),
      });
      t.teardown(pod.kill);
      await pod.ready();
      const { phase, serverCount } = await read(pod, name);
      t.strictSame({ phase, serverCount }, { phase: 'complete', serverCount: 0 }, 'it does not fail');
      t.match(pod.log(), error);
      t.strictSame((await pod.view('default')).servers, []);
    });
  }
});
