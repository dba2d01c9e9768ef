import type { X509Certificate } from 'node:crypto';
import { TLSSocket } from 'node:tls';
import { expiryOf, namesOf } from './certificates.ts';
import type { Authorities } from './tls.ts';
import type { Loaded } from './watched-files.ts';

/** What was found out of the certificate of a connection. */
interface Known {
  /** The version of the authorities against which it was checked. */
  readonly version: number;
  readonly certificate: X509Certificate;
  readonly validUntil: number;
}

/** Decides whether the other end of a connection has a client certificate that is a valid credential. */
export class ClientCertificates {
  readonly #authorities: Loaded<Authorities>;
  readonly #names: ReadonlySet<string> | undefined;
  readonly #known = new WeakMap<object, Known>();

  /** @param names of which a certificate must have one; any certificate will do if undefined */
  constructor(authorities: Loaded<Authorities>, names: readonly string[] | undefined) {
    this.#authorities = authorities;
    this.#names = names && new Set(names);
  }

  /** Has to be told of each new connection, while the authorities are those of its handshake. */
  remember(socket: TLSSocket): void {
    if (!socket.authorized) return;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return;
    const { version } = this.#authorities;
    this.#known.set(socket, { version, certificate, validUntil: expiryOf(certificate) });
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
    if (now > known.validUntil) return 'the client certificate has expired';
    if (known.version !== this.#authorities.version && !this.#recheck(socket, known)) {
      return 'the client certificate is of an authority that is trusted no more';
    }
    const names = this.#names;
    if (names !== undefined && !namesOf(known.certificate).some((name) => names.has(name))) {
      return 'the client certificate has none of the names in TLS_CLIENT_NAMES';
    }
    return undefined;
  }

  /**
   * The handshake checked the certificate against authorities that were replaced since: one of its chain has to be
   * issued by one of those that are trusted now.
   */
  #recheck(socket: object, known: Known): boolean {
    const { value, version } = this.#authorities;
    const trusted = chainOf(known.certificate).some((certificate) =>
      value.certificates.some(
        (authority) => certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
      ),
    );
    if (trusted) this.#known.set(socket, { ...known, version });
    return trusted;
  }
}

/** A certificate and those that issued it, as the handshake found and checked them. */
function chainOf(certificate: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  for (
    let next: X509Certificate | undefined = certificate;
    next !== undefined && !chain.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256);
    next = next.issuerCertificate
  ) {
    chain.push(next);
  }
  return chain;
}

function whyUnknown(socket: object): string {
  if (!(socket instanceof TLSSocket) || socket.getPeerX509Certificate() === undefined) {
    return 'there is no client certificate';
  }
  return `the client certificate is not valid (${String(socket.authorizationError)})`;
}
