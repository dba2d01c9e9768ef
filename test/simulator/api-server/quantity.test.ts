import { test } from 'tap';
import { canonicalQuantity } from './quantity.ts';

const cases: readonly (readonly [string, string, string])[] = [
  ['1000m', '1', 'a thousand thousandths are one'],
  ['1024Mi', '1Gi', 'the largest suffix of its own family'],
  ['1500m', '1500m', 'no fraction: 1.5 would need one'],
  ['0.5', '500m', 'a fraction becomes thousandths'],
  ['128Mi', '128Mi', 'canonical already'],
  ['1000Ki', '1000Ki', 'binary stays binary'],
  ['2000', '2k', 'and decimal decimal'],
  ['0Gi', '0', 'nothing has no suffix'],
  ['many', 'many', 'what is no quantity is left alone'],
];

for (const [given, stored, reason] of cases) {
  test(`${given} is stored as ${stored}: ${reason}`, async (t) => t.equal(canonicalQuantity(given), stored));
}
