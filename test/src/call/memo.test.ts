import { test } from 'tap';
import { keyOf, Memo } from '../../../src/call/memo.ts';

const finish = ({ text }: { text: string }) => text.length;
const offerTwice = (memo: Memo<{ text: string }>, key: string, text = 'x') => {
  for (const value of [{ text }, { text }]) memo.offer(key, value, finish);
};

test('a value is kept when it is offered for the second time', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 10, maxSize: 100 });
  const [first, second] = [{ text: 'a' }, { text: 'b' }];
  memo.offer('key', first, () => Number(t.fail('it is not kept')));
  t.equal(memo.get('key'), undefined);
  memo.offer('key', second, finish);
  t.equal(memo.get('key'), second);
});

test('after too many others, a second offer counts as the first', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 3, maxSize: 100 });
  offerTwice(memo, 'kept');
  for (let round = 0; round < 3; round += 1) {
    for (const key of ['a', 'b', 'c', 'd']) memo.offer(key, { text: key }, finish);
  }
  t.same(memo.get('kept'), { text: 'x' });
  for (const key of ['a', 'b', 'c', 'd']) t.equal(memo.get(key), undefined);
});

test('the bounds are kept by dropping the least recently used values', async (t) => {
  for (const bounds of [
    { maxEntries: 2, maxSize: 100 },
    { maxEntries: 10, maxSize: 11 },
  ]) {
    const memo = new Memo<{ text: string }>(bounds);
    offerTwice(memo, 'a', 'a'.repeat(5));
    offerTwice(memo, 'b', 'b'.repeat(5));
    memo.get('a');
    offerTwice(memo, 'c', 'c'.repeat(5));
    t.strictSame(
      ['a', 'b', 'c'].map((key) => memo.get(key) !== undefined),
      [true, false, true],
    );
  }
});

test('a value larger than the memo is not kept, and evicts nothing', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 10, maxSize: 10 });
  offerTwice(memo, 'a');
  offerTwice(memo, 'b', 'b'.repeat(11));
  t.strictSame([memo.get('a'), memo.get('b')], [{ text: 'x' }, undefined]);
});

test('text and bytes with the same content have the same key', async (t) => {
  t.equal(keyOf('ä'), keyOf(Buffer.from('ä')));
  t.not(keyOf('a'), keyOf('b'));
});
