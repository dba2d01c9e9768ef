import { test } from 'tap';
import { keyOf, Memo } from '../../../src/call/memo.ts';

const finish = ({ text }: { text: string }) => text.length;
const offerTwice = (memo: Memo<{ text: string }>, key: string, text = 'x') => {
  for (const value of [{ text }, { text }]) memo.offer(key, value, finish);
};

test('what is offered again is kept, and was not before', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 10, maxSize: 100 });
  const [first, second] = [{ text: 'a' }, { text: 'b' }];
  memo.offer('key', first, () => Number(t.fail('it is not kept')));
  t.equal(memo.get('key'), undefined);
  memo.offer('key', second, finish);
  t.equal(memo.get('key'), second);
});

test('among too many others, what is offered again is as new', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 3, maxSize: 100 });
  offerTwice(memo, 'kept');
  for (let round = 0; round < 3; round += 1) {
    for (const key of ['a', 'b', 'c', 'd']) memo.offer(key, { text: key }, finish);
  }
  t.same(memo.get('kept'), { text: 'x' });
  for (const key of ['a', 'b', 'c', 'd']) t.equal(memo.get(key), undefined);
});

test('it holds no more than its bounds, and forgets what was not asked for the longest', async (t) => {
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

test('what is larger than all that may be kept is not kept, and pushes nothing out', async (t) => {
  const memo = new Memo<{ text: string }>({ maxEntries: 10, maxSize: 10 });
  offerTwice(memo, 'a');
  offerTwice(memo, 'b', 'b'.repeat(11));
  t.strictSame([memo.get('a'), memo.get('b')], [{ text: 'x' }, undefined]);
});

test('a key is that of the content, be it text or bytes', async (t) => {
  t.equal(keyOf('ä'), keyOf(Buffer.from('ä')));
  t.not(keyOf('a'), keyOf('b'));
});
