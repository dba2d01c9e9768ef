import { test } from 'tap';
import { truncate } from '../../../src/observability/truncate.ts';

test('the middle of a text of more than 200 characters is left out', async (t) => {
  t.equal(truncate('x'.repeat(200)), 'x'.repeat(200));
  t.equal(
    truncate(`${'a'.repeat(150)}${'b'.repeat(51)}`),
    `${'a'.repeat(100)}…${'a'.repeat(48)}${'b'.repeat(51)}`,
  );
  t.equal(truncate('x'.repeat(1_000_000)).length, 200);
});
