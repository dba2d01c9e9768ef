import type { Json } from '../json.ts';

const binary = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const decimal = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];

/**
 * A quantity as the API server stores it: the largest suffix of its own family that needs no fraction.
 * What is no quantity comes back unchanged.
 */
export function canonicalQuantity(value: Json | undefined): Json {
  if (value === undefined) return null;
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)?$/.exec(String(value));
  if (!match) return value;
  const [, sign = '', whole = '0', fraction = '', suffix = ''] = match;
  const isBinary = suffix.endsWith('i');
  // Counted in 10⁻⁹, which the API server rounds up to.
  let nano = BigInt(whole + fraction.padEnd(9, '0').slice(0, 9));
  if (/[1-9]/.test(fraction.slice(9))) nano += 1n;
  nano *= isBinary ? 1024n ** BigInt(binary.indexOf(suffix)) : 1n;
  const power = isBinary ? 0 : decimal.indexOf(suffix) - 3;
  nano = power >= 0 ? nano * 1000n ** BigInt(power) : nano / 1000n ** BigInt(-power);
  if (nano === 0n) return '0';
  const one = 1_000_000_000n;
  if (isBinary && nano % one === 0n) {
    let [amount, step] = [nano / one, 0];
    while (amount % 1024n === 0n && step < binary.length - 1) [amount, step] = [amount / 1024n, step + 1];
    return `${sign === '-' ? '-' : ''}${amount}${binary[step]}`;
  }
  let [amount, step] = [nano, 0];
  while (amount % 1000n === 0n && step < decimal.length - 1) [amount, step] = [amount / 1000n, step + 1];
  return `${sign === '-' ? '-' : ''}${amount}${decimal[step]}`;
}
