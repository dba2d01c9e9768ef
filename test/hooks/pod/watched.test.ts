import { test } from 'tap';
import { Watched } from '../../../hooks/pod/watched.ts';
import { deepFreeze } from '../../support/deep-freeze.ts';

type Fields = Record<string, unknown>;

test('what was not read is unknown, beside what was', async (t) => {
  const watched = new Watched(deepFreeze({ a: 1, b: { c: 2, d: 3 }, e: 4 }));
  const value = watched.value as { a: number; b: { c: number } };
  t.equal(value.a + value.b.c, 3);
  t.strictSame(watched.unknownFields(), [
    { pointer: '/b/d', known: ['c'] },
    { pointer: '/e', known: ['a', 'b'] },
  ]);
});

test('a field that was asked for and is not there is known as well', async (t) => {
  const watched = new Watched({ a: 1, x: 1 });
  const value = watched.value as Fields;
  t.notOk('b' in value);
  t.equal(value['a'], 1);
  t.strictSame(watched.unknownFields(), [{ pointer: '/x', known: ['a', 'b'] }]);
});

test('items of a list are told apart by their index', async (t) => {
  const watched = new Watched({ list: [{ a: 1 }, { a: 1, b: 2 }] });
  for (const item of (watched.value as { list: Fields[] }).list) t.equal(item['a'], 1);
  t.strictSame(watched.unknownFields(), [{ pointer: '/list/1/b', known: ['a'] }]);
});

test('a map, which is gone through, and an object that nobody reads have no unknown fields', async (t) => {
  const watched = new Watched({ map: { a: 1, b: 2 }, free: { c: 3 } });
  const value = watched.value as { map: Fields; free: unknown };
  t.strictSame(Object.keys(value.map), ['a', 'b']);
  t.type(value.free, 'object');
  t.strictSame(watched.unknownFields(), []);
});

test('directives of a patch are no fields', async (t) => {
  const watched = new Watched({ a: 1, $patch: 'replace' });
  t.equal((watched.value as Fields)['a'], 1);
  t.strictSame(watched.unknownFields(), []);
});

test('what is no object has no fields', async (t) => {
  for (const value of ['text', 7, null, []]) t.strictSame(new Watched(value).unknownFields(), []);
});
