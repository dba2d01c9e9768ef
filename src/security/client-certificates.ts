import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { expiryOf, namesOf } from './certificates.ts';
import type { Reloadable } from './reloadable-files.ts';
import type { Authorities } from './tls.ts';

/** What is known about the certificate of a connection. */
interface Known {
  readonly certificate: X509Certificate;
  /** The version of the authorities that it was last checked against; undefined if only the handshake checked it. */
  readonly version?: number;
  /** When the first certificate of its chain expires, in milliseconds since 1970. */
  readonly validUntil: number;
}

/** Decides whether the client of a connection has a certificate that is a valid credential. */
export class ClientCertificates {
  readonly #authorities: Reloadable<Authorities>;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #known = new WeakMap<object, Known>();

  /** @param names a certificate must have one of them; undefined accepts any name */
  constructor(authorities: Reloadable<Authorities>, names: readonly string[] | undefined) {
    this.#authorities = authorities;
    this.#names = names && new Set(names);
  }

  /** Must be called for each new connection. */
  register(socket: TLSSocket): void {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (certificate) this.#known.set(socket, { certificate, validUntil: expiryOf(certificate) });
  }

  /**
   * Checks the certificate of a connection for each call: a connection may outlive the validity of its certificate and
   * of the authority that issued it.
   *
   * @returns undefined if it is valid, or the reason why it is not
   */
  findRejection(socket: object, now: number): string | undefined {
    const known = this.#known.get(socket);
    if (known === undefined) return rejectionOfUnknown(socket);
    if (now > known.validUntil) return 'the client certificate or its authority has expired';
    if (known.version !== this.#authorities.version && !this.#recheck(socket, known, now)) {
      return 'the authority of the client certificate is no longer in TLS_CLIENT_CA_FILE';
    }
    const names = this.#names;
    if (names !== undefined && !namesOf(known.certificate).some((name) => names.has(name))) {
      return 'the client certificate has none of the names in TLS_CLIENT_NAMES';
    }
    return undefined;
  }

  /**
   * The handshake checked the certificate against the authorities at that time, which may have been replaced since: its
   * chain must lead to one that is trusted now.
   */
  #recheck(socket: object, { certificate }: Known, now: number): boolean {
    const { value, version } = this.#authorities;
    const chain = chainOf(certificate);
    for (const [index, each] of chain.entries()) {
      const authority = value.certificates.find(
        (trusted) =>
          expiryOf(trusted) >= now &&
          (trusted.fingerprint256 === each.fingerprint256 || isIssuedBy(each, trusted)),
      );
      if (authority === undefined) continue;
      const validUntil = Math.min(...[authority, ...chain.slice(0, index + 1)].map(expiryOf));
      this.#known.set(socket, { certificate, version, validUntil });
      return validUntil >= now;
    }
    return false;
  }
}

const isIssuedBy = (certificate: X509Certificate, issuer: X509Certificate) =>
  issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);

/**
 * A certificate and its issuers. In Node.js, `issuerCertificate` is the next certificate that the client sent, which
 * may be any: it counts only if it issued the one before it.
 */
function chainOf(certificate: X509Certificate): X509Certificate[] {
  const chain = [certificate];
  for (let last = certificate; chain.length < 10; ) {
    const issuer = last.issuerCertificate;
    if (issuer === undefined || issuer.fingerprint256 === last.fingerprint256 || !isIssuedBy(last, issuer))
      break;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}

function rejectionOfUnknown(socket: object): string {
  if (!(socket instanceof TLSSocket) || socket.getPeerX509Certificate() === undefined) {
    return 'no client certificate was sent';
  }
  return `the client certificate is not valid (${String(socket.authorizationError)})`;
}
