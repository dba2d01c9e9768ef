import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { expiryOf, namesOf } from './certificates.ts';
import type { Reloadable } from './reloadable-files.ts';
import type { Authorities } from './tls.ts';

/** What was found out of the certificate of a connection. */
interface Known {
  readonly certificate: X509Certificate;
  /** The version of the authorities against which it was checked last; undefined if it was by the handshake alone. */
  readonly version?: number;
  /** Until when it and those that vouch for it are valid, in milliseconds since 1970. */
  readonly validUntil: number;
}

/** Decides whether the other end of a connection has a client certificate that is a valid credential. */
export class ClientCertificates {
  readonly #authorities: Reloadable<Authorities>;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #known = new WeakMap<object, Known>();

  /** @param names of which a certificate must have one; any certificate will do if undefined */
  constructor(authorities: Reloadable<Authorities>, names: readonly string[] | undefined) {
    this.#authorities = authorities;
    this.#names = names && new Set(names);
  }

  /** Has to be told of each new connection. */
  remember(socket: TLSSocket): void {
    const certificate = socket.authorized ? socket.getPeerX509Certificate() : undefined;
    if (certificate) this.#known.set(socket, { certificate, validUntil: expiryOf(certificate) });
  }

  /**
   * Whether a call on a connection has a valid certificate now: a connection may outlive the validity of its
   * certificate and of the authority that issued it.
   *
   * @returns undefined if so, or else why not
   */
  refuse(socket: object, now: number): string | undefined {
    const known = this.#known.get(socket);
    if (known === undefined) return whyUnknown(socket);
    if (now > known.validUntil) return 'the client certificate or its authority has expired';
    if (known.version !== this.#authorities.version && !this.#recheck(socket, known, now)) {
      return 'the client certificate is of an authority that is trusted no more';
    }
    const names = this.#names;
    if (names !== undefined && !namesOf(known.certificate).some((name) => names.has(name))) {
      return 'the client certificate has none of the names in TLS_CLIENT_NAMES';
    }
    return undefined;
  }

  /**
   * The handshake checked the certificate against the authorities of the moment at which the connection was opened,
   * which may have been replaced since: it has to go back to one that is trusted now.
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
 * A certificate and those that vouch for it. The next one of Node.js is what the other end sent next, which may be any
 * certificate: only one that really issued the one before it counts.
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

function whyUnknown(socket: object): string {
  if (!(socket instanceof TLSSocket) || socket.getPeerX509Certificate() === undefined) {
    return 'there is no client certificate';
  }
  return `the client certificate is not valid (${String(socket.authorizationError)})`;
}
