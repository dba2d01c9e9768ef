import { X509Certificate } from 'node:crypto';

/**
 * The certificates of a PEM file in order; other blocks are ignored.
 *
 * @throws Error if there is none, or one is truncated or can't be read
 */
export function readCertificates(pem: Buffer): X509Certificate[] {
  const text = pem.toString('utf8');
  const blocks =
    text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]*-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? [];
  const begun = text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----/g)?.length ?? 0;
  if (begun === 0) throw new Error('it has no PEM certificate');
  if (begun > blocks.length) throw new Error('it has a truncated certificate');
  return blocks.map((block) => new X509Certificate(block));
}

/** When a certificate expires, in milliseconds since 1970. */
export const expiryOf = ({ validTo }: X509Certificate) => Date.parse(validTo);

/** When the first of several certificates expires, in milliseconds since 1970. */
export const firstExpiry = (certificates: readonly X509Certificate[]) =>
  Math.min(...certificates.map(expiryOf));

/**
 * The names of a certificate: the common names of its subject and its alternative names of all kinds.
 * If a name has to be quoted (CVE-2021-44531), the alternative names are ignored.
 */
export function namesOf(certificate: X509Certificate): string[] {
  // Node.js gives undefined for a subject without names, which is legal beside alternative names (RFC 5280, section
  // 4.1.2.6) and usual for SPIFFE; its types say that there is always one.
  const { subject = '', subjectAltName = '' } = certificate as Partial<X509Certificate>;
  const common = subject.split('\n').flatMap((part) => (part.startsWith('CN=') ? [part.slice(3)] : []));
  const alternatives = subjectAltName.includes('"')
    ? []
    : subjectAltName
        .split(', ')
        .map((name) => name.replace(/^(DNS|URI|email|IP Address|Registered ID):/, ''));
  return [...common, ...alternatives].filter((name) => name !== '');
}
