import { constants, type X509Certificate } from 'node:crypto';
import type { Server } from 'node:http';
import { Server as TlsServer } from 'node:https';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Settings } from '../settings/settings.ts';
import { firstExpiry, readCertificates } from './certificates.ts';
import type { Reloadable, ReloadableFiles } from './reloadable-files.ts';

/** A certificate chain, the service's first, with the key of the service. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly chain: readonly X509Certificate[];
}

/** Certificate authorities, as they are and as they were read. */
export interface Authorities {
  readonly ca: Buffer;
  readonly certificates: readonly X509Certificate[];
}

/** What TLS needs of files. */
export interface Tls {
  readonly pair: Reloadable<KeyPair>;
  /** Those of client certificates; undefined if these are no credentials. */
  readonly authorities: Reloadable<Authorities> | undefined;
}

/**
 * Reads the files of TLS.
 *
 * @returns undefined if none is set: the service speaks plain HTTP
 * @throws {SettingsError} if one can't be read, or the key is that of another certificate
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

/**
 * What a TLS server is started with, and takes again when files have changed. A client certificate is asked for and
 * not insisted on: the probes of a kubelet have none.
 */
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
 * Makes a server use the files of TLS as they were last read, for the connections that are made from then on.
 *
 * @returns what has to be called after the files were read again
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

/** When the first certificate of each file is valid no more, in milliseconds since 1970, by the file's setting. */
export function expiries(tls: Tls | undefined): Record<string, number> {
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
  // OpenSSL stops reading at a block that it can't read, and would know fewer of them.
  return { ca: Buffer.from(certificates.join('\n')), certificates };
}
