import { test } from 'tap';
import { shorten } from '../../../src/observability/shorten.ts';

test('a text of more than 200 characters keeps its beginning and its end', async (t) => {
  t.equal(shorten('x'.repeat(200)), 'x'.repeat(200));
  t.equal(
    shorten(`${'a'.repeat(150)}${'b'.repeat(51)}`),
    `${'a'.repeat(100)}…${'a'.repeat(48)}${'b'.repeat(51)}`,
  );
  t.equal(shorten('x'.repeat(1_000_000)).length, 200);
});
