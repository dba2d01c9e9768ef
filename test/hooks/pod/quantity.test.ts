import { test } from 'tap';
import { canonicalQuantity } from '../../../hooks/pod/quantity.ts';

/** As `Quantity.CanonicalizeBytes` of apimachinery writes them. */
const cases: readonly [reason: string, quantity: string | number, canonical: string][] = [
  ['thousandths that make a whole', '1000m', '1'],
  ['thousandths that do not', '1500m', '1500m'],
  ['a fraction becomes thousandths', '0.5', '500m'],
  ['a fraction without a whole', '.25', '250m'],
  ['a fraction of nothing', '2.', '2'],
  ['a number of YAML', 2, '2'],
  ['a fraction of YAML', 0.1, '100m'],
  ['a plus says nothing', '+3', '3'],
  ['leading zeros say nothing', '007', '7'],
  ['nothing, however written', '0Mi', '0'],
  ['a negative one', '-1500m', '-1500m'],
  ['the largest decimal suffix that leaves a whole', '2500000', '2500k'],
  ['decimal suffixes go up', '1000M', '1G'],
  ['a decimal fraction with a suffix goes down', '1.5G', '1500M'],
  ['the smallest suffix', '0.000000001', '1n'],
  ['what is finer is rounded up', '0.0000000001', '1n'],
  ['millionths', '0.000001', '1u'],
  ['binary suffixes go up', '1024Mi', '1Gi'],
  ['a binary fraction goes down', '1.5Gi', '1536Mi'],
  ['less than 1024 has no binary suffix', '0.5Ki', '512'],
  ['nor has what is no whole of its unit', '0.3Ki', '307200m'],
  ['binary, and no multiple of 1024', '1.0009765625Ki', '1025'],
  ['binary is capped', '9Ei', '9223372036854775807'],
  ['exponents stay exponents', '1e3', '1e3'],
  ['in steps of three', '12e4', '120e3'],
  ['of none', '5e0', '5'],
  ['downwards', '5E-2', '50e-3'],
  ['and beyond all suffixes', '1e30', '1e30'],
  ['canonical already', '500m', '500m'],
  ['canonical already', '512Mi', '512Mi'],
  ['what is no quantity is left to the schema', 'much', 'much'],
  ['what is no quantity is left to the schema', '1mi', '1mi'],
  ['what is no quantity is left to the schema', 'Mi', 'Mi'],
  ['what is no quantity is left to the schema', '', ''],
  ['what is longer than any quantity is not read', `${'1'.repeat(65)}`, `${'1'.repeat(65)}`],
];

for (const [reason, quantity, canonical] of cases) {
  test(`${reason}: ${JSON.stringify(quantity)}`, async (t) => {
    t.equal(canonicalQuantity(quantity), canonical);
    t.equal(canonicalQuantity(canonical), canonical, 'what is canonical stays');
  });
}
