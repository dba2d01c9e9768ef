import { constants, type X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Settings } from '../settings/settings.ts';
import { firstExpiry, readCertificates } from './certificates.ts';
import type { Reloadable, ReloadableFiles } from './reloadable-files.ts';

/** The certificate chain of the service, its own certificate first, and its private key. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly chain: readonly X509Certificate[];
}

/** Certificate authorities: as PEM for OpenSSL, and parsed. */
export interface Authorities {
  readonly ca: Buffer;
  readonly certificates: readonly X509Certificate[];
}

/** The files of TLS. */
export interface Tls {
  readonly pair: Reloadable<KeyPair>;
  /** The authorities of client certificates; undefined if client certificates are not credentials. */
  readonly authorities: Reloadable<Authorities> | undefined;
}

/**
 * Reads the files of TLS.
 *
 * @returns undefined if none is set: the service speaks plain HTTP
 * @throws {SettingsError} if one can't be read, or the key does not belong to the certificate
 */
export function loadTls(settings: Settings, files: ReloadableFiles): Tls | undefined {
  const { TLS_CERT_FILE, TLS_KEY_FILE, TLS_CLIENT_CA_FILE } = settings;
  if (TLS_CERT_FILE === undefined || TLS_KEY_FILE === undefined) return undefined;
  return {
    pair: files.load(
      [
        { setting: 'TLS_CERT_FILE', path: TLS_CERT_FILE },
        { setting: 'TLS_KEY_FILE', path: TLS_KEY_FILE },
      ],
      readPair,
    ),
    authorities:
      TLS_CLIENT_CA_FILE === undefined
        ? undefined
        : files.load([{ setting: 'TLS_CLIENT_CA_FILE', path: TLS_CLIENT_CA_FILE }], readAuthorities),
  };
}

/**
 * The cipher suites of TLS 1.3, and those of TLS 1.2 that are authenticated encryption (AEAD) with forward secrecy (RFC
 * 9325, section 4.2). Go's client, which Metacontroller calls with, offers all of them.
 */
const ciphers = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** The options of a TLS server that come from files; they are set again when the files have changed. */
export function secureOptions({ pair, authorities }: Tls): SecureContextOptions {
  const { cert, key } = pair.value;
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    ciphers,
    // A resumed session would bring the verdict on a client certificate from before the authorities changed.
    ...(authorities && { ca: authorities.value.ca, secureOptions: constants.SSL_OP_NO_TICKET }),
  };
}

/**
 * Makes a server use the latest content of the TLS files for new connections.
 *
 * @returns a function to call after the files were read again
 */
export function applyReloadedTls(tls: Tls, server: Server): () => void {
  const versions = () => `${tls.pair.version} ${tls.authorities?.version}`;
  let applied = versions();
  return () => {
    if (applied === versions() || !(server instanceof TlsServer)) return;
    applied = versions();
    server.setSecureContext(secureOptions(tls));
  };
}

/** The earliest expiry of a certificate in each file, in milliseconds since 1970, by the file's setting. */
export function certificateExpiries(tls: Tls | undefined): Record<string, number> {
  if (tls === undefined) return {};
  const { pair, authorities } = tls;
  return {
    TLS_CERT_FILE: firstExpiry(pair.value.chain),
    ...(authorities && { TLS_CLIENT_CA_FILE: firstExpiry(authorities.value.certificates) }),
  };
}

function readPair([cert = Buffer.alloc(0), key = Buffer.alloc(0)]: readonly Buffer[]): KeyPair {
  const chain = readCertificates(cert);
  createSecureContext({ cert, key });
  return { cert, key, chain };
}

function readAuthorities([ca = Buffer.alloc(0)]: readonly Buffer[]): Authorities {
  const certificates = readCertificates(ca);
  // OpenSSL stops at a block that it can't read, and would ignore the certificates after it.
  return { ca: Buffer.from(certificates.join('\n')), certificates };
}
