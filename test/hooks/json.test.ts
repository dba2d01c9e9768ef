import { test } from 'tap';
import {
  isObject,
  listOf,
  objectOf,
  objectsOf,
  pointerBelow,
  pointerTokens,
  valueAt,
} from '../../hooks/json.ts';
import { deepFreeze } from '../support/deep-freeze.ts';

const object = deepFreeze({ a: 1 });
const list = deepFreeze([{ a: 1 }, null, [{ b: 2 }], 'text', 3, { c: 4 }]);

const values: readonly {
  readonly reason: string;
  readonly value: unknown;
  readonly isObject: boolean;
  readonly object: unknown;
  readonly list: unknown;
  readonly objects: unknown;
}[] = [
  { reason: 'an object', value: object, isObject: true, object, list: [], objects: [] },
  {
    reason: 'a list, of which only objects are objects',
    value: list,
    isObject: false,
    object: {},
    list,
    objects: [{ a: 1 }, { c: 4 }],
  },
  { reason: 'null', value: null, isObject: false, object: {}, list: [], objects: [] },
  { reason: 'nothing', value: undefined, isObject: false, object: {}, list: [], objects: [] },
  { reason: 'a text', value: 'text', isObject: false, object: {}, list: [], objects: [] },
  { reason: 'a number', value: 0, isObject: false, object: {}, list: [], objects: [] },
];

for (const { reason, value, ...expected } of values) {
  test(`${reason}, read as an object and as a list`, async (t) => {
    t.strictSame(
      { isObject: isObject(value), object: objectOf(value), list: listOf(value), objects: objectsOf(value) },
      expected,
    );
  });
}

test('an object and a list are returned themselves, not a copy', async (t) => {
  t.equal(objectOf(object), object);
  t.equal(listOf(list), list);
});

const pointers: readonly {
  readonly reason: string;
  readonly tokens: readonly string[];
  readonly pointer: string;
}[] = [
  { reason: 'the whole value', tokens: [], pointer: '' },
  { reason: 'an empty name', tokens: [''], pointer: '/' },
  { reason: 'names and an index', tokens: ['spec', 'ports', '0'], pointer: '/spec/ports/0' },
  { reason: 'a name with a slash', tokens: ['labels', 'example.com/a'], pointer: '/labels/example.com~1a' },
  { reason: 'a name with a tilde', tokens: ['a~b'], pointer: '/a~0b' },
  { reason: 'a name that looks like an escape', tokens: ['~1', '~01'], pointer: '/~01/~001' },
];

for (const { reason, tokens, pointer } of pointers) {
  test(`a pointer to ${reason}`, async (t) => {
    t.equal(tokens.reduce(pointerBelow, ''), pointer);
    t.strictSame(pointerTokens(pointer), tokens);
    const value = tokens.reduceRight<unknown>((below, token) => ({ [token]: below }), 'found');
    t.equal(valueAt(deepFreeze(value), pointer), 'found');
  });
}

const lookups: readonly { readonly reason: string; readonly pointer: string; readonly found: unknown }[] = [
  { reason: 'an item of a list', pointer: '/items/1/name', found: 'b' },
  { reason: 'a null', pointer: '/none', found: null },
  { reason: 'an item behind the end', pointer: '/items/2', found: undefined },
  { reason: 'a field of a missing object', pointer: '/missing/name', found: undefined },
  { reason: 'a field of null', pointer: '/none/name', found: undefined },
  { reason: 'a field of a text', pointer: '/items/0/name/length', found: undefined },
  { reason: 'a field that every object inherits', pointer: '/constructor', found: undefined },
];
const value = deepFreeze({ items: [{ name: 'a' }, { name: 'b' }], none: null });

for (const { reason, pointer, found } of lookups) {
  test(`the value at a pointer to ${reason}`, async (t) => {
    t.strictSame(valueAt(value, pointer), found);
  });
}
