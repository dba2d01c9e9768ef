import { randomBytes } from 'node:crypto';
import { test } from 'tap';
import { keyOf, Memo, SeenKeys } from '../../../src/call/memo.ts';

/** Evenly spread numbers that are the same in each run (Numerical Recipes: a linear congruential generator). */
function evenNumbers(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32;
    return state / 2 ** 32;
  };
}
const memoOf = (maxBytes: number, random = evenNumbers()) =>
  new Memo({ maxBytes, sample: '{"a":1}', random });
/** Text of 1,000 characters that hardly gets smaller. */
const text = () => randomBytes(750).toString('base64');
/** What such a text takes. */
const bytesOfOne = (() => {
  const memo = memoOf(1_000_000);
  memo.offer('key', text());
  return memo.bytes;
})();

test('a text is found by its key', async (t) => {
  const memo = memoOf(1_000_000);
  const texts = ['', 'ä€😀"\n', '{"a":1}', text(), 'x'.repeat(100_000)];
  for (const each of texts) memo.offer(keyOf(each), each);
  t.strictSame(
    texts.map((each) => memo.get(keyOf(each))),
    texts,
  );
  t.equal(memo.get('another key'), undefined);
});

test('what texts share with the sample takes no room', async (t) => {
  const sample = text();
  const [like, unlike] = [new Memo({ maxBytes: 1_000_000, sample }), memoOf(1_000_000)];
  like.offer('key', sample);
  unlike.offer('key', sample);
  t.ok(like.bytes < unlike.bytes - 700);
});

test('the bytes stay within the bound, whatever is offered', async (t) => {
  const maxBytes = 20 * bytesOfOne;
  const memo = memoOf(maxBytes);
  for (let index = 0; index < 2000; index += 1) {
    memo.offer(`key ${index}`, index % 3 === 0 ? text().repeat(1 + (index % 4)) : 'short');
    t.ok(memo.bytes <= maxBytes) || t.bailout();
  }
  t.ok(memo.bytes > maxBytes / 2, 'and the room is used');
});

test('in turn, half of twice as many texts as fit are found', async (t) => {
  const room = 200;
  const memo = memoOf(room * bytesOfOne);
  const texts = Array.from({ length: 2 * room }, text);
  const hitsOfRound = () => {
    let hits = 0;
    for (const [index, each] of texts.entries()) {
      const key = `key ${index}`;
      if (memo.get(key) === undefined) memo.offer(key, each);
      else hits += 1;
    }
    return hits;
  };
  for (let round = 0; round < 20; round += 1) hitsOfRound();
  const hits = Array.from({ length: 10 }, hitsOfRound);
  t.ok(Math.min(...hits) > 0.4 * texts.length, `${hits}`);
});

test('what is not needed any more goes', async (t) => {
  const room = 100;
  const memo = memoOf(room * bytesOfOne);
  for (let index = 0; index < room; index += 1) memo.offer(`old ${index}`, text());
  const current = Array.from({ length: room / 2 }, (_, index) => [`new ${index}`, text()] as const);
  for (let round = 0; round < 40; round += 1) {
    for (const [key, each] of current) if (memo.get(key) === undefined) memo.offer(key, each);
  }
  const found = current.filter(([key, each]) => memo.get(key) === each);
  t.ok(found.length > 0.8 * current.length, `${found.length} of ${current.length}`);
});

test('a text that would replace very many others is not kept, and evicts nothing', async (t) => {
  const memo = memoOf(20 * bytesOfOne, () => 0);
  memo.offer('small', 'x');
  memo.offer('large', randomBytes(7500).toString('base64'));
  t.strictSame([memo.get('small'), memo.get('large')], ['x', undefined]);
});

test('a key that is offered again keeps its text, and takes no more room', async (t) => {
  const memo = memoOf(1_000_000);
  memo.offer('key', 'a');
  const { bytes } = memo;
  memo.offer('key', 'a');
  t.strictSame([memo.get('key'), memo.bytes], ['a', bytes]);
});

test('text and bytes with the same content have the same key', async (t) => {
  t.equal(keyOf('ä'), keyOf(Buffer.from('ä')));
  t.not(keyOf('a'), keyOf('b'));
});

test('a key is recognized when it comes again, in turn with 50,000 others', async (t) => {
  const seen = new SeenKeys();
  const keys = Array.from({ length: 50_000 }, (_, index) => keyOf(String(index)));
  t.equal(keys.filter((key) => seen.note(key)).length, 0);
  t.ok(keys.filter((key) => seen.note(key)).length > 0.8 * keys.length);
});
