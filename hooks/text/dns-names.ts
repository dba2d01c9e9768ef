/**
 * Names as Kubernetes defines them (https://kubernetes.io/docs/concepts/overview/working-with-objects/names). Each
 * has its pattern, which has the same meaning to JavaScript and to CEL, its length, and what a message says is expected.
 */

/** RFC 1123: containers, volumes, namespaces. The registry server has the same rule for its sources. */
export const dnsLabel = {
  pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$',
  maxLength: 63,
  expects: 'at most 63 lower-case letters, digits and "-", with a letter or digit at both ends',
} as const;

/** RFC 1123: most objects. The pattern alone does not limit the length. */
export const dnsSubdomain = {
  pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$',
  maxLength: 253,
  expects: 'the name of an object (lower-case letters, digits, "-" and ".")',
} as const;

const label = new RegExp(dnsLabel.pattern);

/** Whether a text is a DNS label. */
export const isDnsLabel = (text: string): boolean => label.test(text);
