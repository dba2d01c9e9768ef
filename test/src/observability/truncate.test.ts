import { test } from 'tap';
import { truncate } from '../../../src/observability/truncate.ts';

test('a text of more than 200 characters keeps its beginning and its end', async (t) => {
  t.equal(truncate('x'.repeat(200)), 'x'.repeat(200));
  t.equal(
    truncate(`${'a'.repeat(150)}${'b'.repeat(51)}`),
    `${'a'.repeat(100)}…${'a'.repeat(48)}${'b'.repeat(51)}`,
  );
  t.equal(truncate('x'.repeat(1_000_000)).length, 200);
});
