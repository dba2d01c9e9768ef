// What @peculiar/x509 finds its algorithms with; it has to be there first.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const rsa = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
};
const crypto = webcrypto;
const day = 24 * 60 * 60 * 1000;

/** A certificate with its key, both in PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Leaf {
  /** The common name; the subject is empty without one. */
  readonly name?: string;
  readonly alternatives?: readonly {
    readonly type: 'dns' | 'ip' | 'url' | 'email';
    readonly value: string;
  }[];
  /** Whether the alternative names are critical, as they have to be beside an empty subject. */
  readonly critical?: boolean;
  readonly usage?: 'server' | 'client';
  /** Of the key; ECDSA by default. */
  readonly algorithm?: 'RSA';
  /** Days from now. */
  readonly from?: number;
  readonly until?: number;
}

/** A certificate authority that was made for a test. */
export interface Authority {
  /** In PEM. */
  readonly cert: string;
  readonly issue: (leaf: Leaf) => Promise<Pair>;
  /** An authority that this one vouches for. */
  readonly intermediate: (name: string) => Promise<Authority>;
}

const dates = (from = -1, until = 30) => ({
  notBefore: new Date(Date.now() + from * day),
  notAfter: new Date(Date.now() + until * day),
});

const makeKeys = (kind?: 'RSA') =>
  kind === 'RSA'
    ? crypto.subtle.generateKey(rsa, true, ['sign', 'verify'])
    : crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);

async function pem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  return PemConverter.encode(await crypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
}

/**
 * Makes an authority that signs for itself.
 *
 * @param days until it expires
 */
export async function makeAuthority(name: string, days = 365): Promise<Authority> {
  const keys = await makeKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: `CN=${name}`,
      keys,
      signingAlgorithm: algorithm,
      extensions: [new BasicConstraintsExtension(true, undefined, true)],
      ...dates(-10, days),
    },
    crypto,
  );
  return authority(keys, certificate);
}

function authority(keys: webcrypto.CryptoKeyPair, issuer: X509Certificate): Authority {
  const sign = { issuer: issuer.subject, signingKey: keys.privateKey, signingAlgorithm: algorithm };
  return {
    cert: issuer.toString('pem'),
    issue: async ({ name, alternatives = [], critical, usage = 'server', algorithm: kind, from, until }) => {
      const own = await makeKeys(kind);
      const certificate = await X509CertificateGenerator.create(
        {
          ...sign,
          subject: name === undefined ? '' : `CN=${name}`,
          publicKey: own.publicKey,
          extensions: [
            new ExtendedKeyUsageExtension([
              usage === 'server' ? ExtendedKeyUsage.serverAuth : ExtendedKeyUsage.clientAuth,
            ]),
            ...(alternatives.length > 0
              ? [new SubjectAlternativeNameExtension([...alternatives], critical)]
              : []),
          ],
          ...dates(from, until),
        },
        crypto,
      );
      return { cert: certificate.toString('pem'), key: await pem(own) };
    },
    intermediate: async (name) => {
      const own = await makeKeys();
      const certificate = await X509CertificateGenerator.create(
        {
          ...sign,
          subject: `CN=${name}`,
          publicKey: own.publicKey,
          extensions: [new BasicConstraintsExtension(true, undefined, true)],
          ...dates(),
        },
        crypto,
      );
      return authority(own, certificate);
    },
  };
}

/** The certificate of a service on the loopback interface. */
export function issueServer(authority: Authority, more: Partial<Leaf> = {}): Promise<Pair> {
  return authority.issue({ name: 'hook', alternatives: [{ type: 'ip', value: '127.0.0.1' }], ...more });
}
