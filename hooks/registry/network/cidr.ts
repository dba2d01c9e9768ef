import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.parse>;

/** A range of addresses: all that share the first bits of one. */
interface Range {
  readonly first: Address;
  readonly bits: number;
}

/** `10.0.0.0/8`, as its characters go. The address itself is read elsewhere. */
export const cidr = {
  pattern: '^[0-9a-fA-F.:]+/(0|[1-9][0-9]{0,2})$',
  maxLength: 43,
  expects: 'a range of addresses such as 10.0.0.0/8 or fd00::/8',
} as const;

const shape = new RegExp(cidr.pattern);

/**
 * A range as Kubernetes 1.36 takes it (apimachinery: pkg/util/validation/ip.go), which is stricter than earlier ones: no
 * zeros before a number, no IPv4 address in IPv6, and no bits of the address behind those that all share.
 *
 * @returns undefined for anything else
 */
function rangeOf(text: string): Range | undefined {
  if (text.length > cidr.maxLength || !shape.test(text)) return undefined;
  // The parser takes IPv4 addresses of fewer numbers than four, and octal ones.
  const isStrict = text.includes(':') || ipaddr.IPv4.isValidCIDRFourPartDecimal(text);
  if (!isStrict || !ipaddr.isValidCIDR(text)) return undefined;
  const [address, bits] = ipaddr.parseCIDR(text);
  if (address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()) return undefined;
  const kind = address instanceof ipaddr.IPv6 ? ipaddr.IPv6 : ipaddr.IPv4;
  const first = kind.networkAddressFromCIDR(text);
  return first.toString() === address.toString() ? { first, bits } : undefined;
}

export const isCidr = (text: string): boolean => rangeOf(text) !== undefined;

/** Whether a range is a part of another, and not all of it. */
export function isPartOf(part: string, whole: string): boolean {
  const [inner, outer] = [rangeOf(part), rangeOf(whole)];
  if (!inner || !outer || inner.first.kind() !== outer.first.kind()) return false;
  return inner.bits > outer.bits && inner.first.match(outer.first, outer.bits);
}
