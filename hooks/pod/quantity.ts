/**
 * Quantities as the API server stores them (apimachinery: pkg/api/resource/quantity.go). A quantity in another form would
 * differ from the stored one, and Metacontroller would update the child on every sync.
 */

const NANO = 1_000_000_000n;
/** The largest quantity with a binary suffix. */
const BINARY_LIMIT = (2n ** 63n - 1n) * NANO;
const decimalSuffixes = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const pattern = /^([+-]?)(\d*)(?:\.(\d*))?(?:(n|u|m|k|M|G|T|P|E|[KMGTPE]i)|[eE]([+-]?\d{1,2}))?$/;

/** More characters than any quantity needs. The time to read one grows with the square of its length. */
export const QUANTITY_LIMIT = 64;

/**
 * The canonical form of a quantity.
 *
 * @param quantity `1000m`, `0.5`, `1024Mi`, `1e3`, or a number
 * @returns `1`, `500m`, `1Gi`, `1e3`; a text that is not a quantity, or is longer than `QUANTITY_LIMIT`, unchanged
 */
export function canonicalQuantity(quantity: string | number): string {
  if (typeof quantity === 'string' && quantity.length > QUANTITY_LIMIT) return quantity;
  const match = pattern.exec(String(quantity));
  const [text, sign = '', whole = '', fraction = '', suffix = '', exponent] = match ?? [];
  if (text === undefined || whole + fraction === '') return String(quantity);

  const digits = BigInt(whole + fraction);
  const { power, base } = scaleOf(suffix, exponent);
  const numerator = digits * NANO * base ** BigInt(Math.max(power, 0));
  const denominator = 10n ** BigInt(fraction.length) * base ** BigInt(Math.max(-power, 0));
  // Fractions of a billionth are rounded up, away from zero.
  const rounded = (numerator + denominator - 1n) / denominator;
  const nanos = base === 2n && rounded > BINARY_LIMIT ? BINARY_LIMIT : rounded;
  if (nanos === 0n) return '0';
  const negative = sign === '-' ? '-' : '';
  if (base === 2n && nanos >= 1024n * NANO && nanos % NANO === 0n) return negative + binary(nanos / NANO);
  return negative + decimal(nanos, exponent !== undefined);
}

function scaleOf(suffix: string, exponent: string | undefined): { power: number; base: bigint } {
  if (suffix.endsWith('i')) return { power: 10 * binarySuffixes.indexOf(suffix), base: 2n };
  const power = exponent === undefined ? 3 * (decimalSuffixes.indexOf(suffix) - 3) : Number(exponent);
  return { power, base: 10n };
}

function binary(units: bigint): string {
  let [mantissa, index] = [units, 0];
  while (mantissa % 1024n === 0n && index < binarySuffixes.length - 1) {
    mantissa /= 1024n;
    index += 1;
  }
  return `${mantissa}${binarySuffixes[index]}`;
}

function decimal(nanos: bigint, scientific: boolean): string {
  let [mantissa, index] = [nanos, 0];
  while (mantissa % 1000n === 0n && (scientific || index < decimalSuffixes.length - 1)) {
    mantissa /= 1000n;
    index += 1;
  }
  const exponent = 3 * (index - 3);
  if (!scientific) return `${mantissa}${decimalSuffixes[index]}`;
  return exponent === 0 ? `${mantissa}` : `${mantissa}e${exponent}`;
}
