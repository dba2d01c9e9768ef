import { X509Certificate } from 'node:crypto';
import { test } from 'tap';
import { firstExpiry, namesOf, readCertificates } from '../../../src/security/certificates.ts';
import { makeAuthority } from '../../support/pki.ts';

test('only the certificates of a file are read', async (t) => {
  const authority = await makeAuthority('ca');
  const { cert, key } = await authority.issue({ name: 'leaf' });
  const found = readCertificates(Buffer.from(`# a comment\n${cert}\n${key}\n${authority.cert}\n`));
  t.strictSame(
    found.map(({ subject }) => subject),
    ['CN=leaf', 'CN=ca'],
  );
  t.throws(() => readCertificates(Buffer.from(key)), { message: 'it has no PEM certificate' });
  t.throws(() => readCertificates(Buffer.from(cert.replace('MII', 'AAA'))));
  t.throws(() => readCertificates(Buffer.from(`${cert}\n${authority.cert.slice(0, 200)}`)), {
    message: 'it has a truncated certificate',
  });
});

test('the earliest expiry of several certificates', async (t) => {
  const authority = await makeAuthority('ca');
  const pairs = await Promise.all([20, 10, 30].map((until) => authority.issue({ name: 'leaf', until })));
  const certificates = pairs.map(({ cert }) => new X509Certificate(cert));
  t.equal(firstExpiry(certificates), Date.parse(certificates[1]?.validTo ?? ''));
});

test('the names of a certificate', async (t) => {
  const authority = await makeAuthority('ca');
  const { cert } = await authority.issue({
    name: 'metacontroller',
    alternatives: [
      { type: 'dns', value: 'metacontroller.example.com' },
      { type: 'url', value: 'spiffe://cluster/ns/metacontroller' },
      { type: 'ip', value: '192.0.2.1' },
      { type: 'email', value: 'ops@example.com' },
    ],
  });
  t.strictSame(namesOf(new X509Certificate(cert)), [
    'metacontroller',
    'metacontroller.example.com',
    'spiffe://cluster/ns/metacontroller',
    '192.0.2.1',
    'ops@example.com',
  ]);
});

test('a certificate whose subject is empty has its alternative names', async (t) => {
  const authority = await makeAuthority('ca');
  const spiffe = { type: 'url', value: 'spiffe://cluster/ns/metacontroller' } as const;
  const { cert } = await authority.issue({ alternatives: [spiffe], critical: true });
  t.strictSame(namesOf(new X509Certificate(cert)), [spiffe.value]);
  const nameless = await authority.issue({});
  t.strictSame(namesOf(new X509Certificate(nameless.cert)), []);
});

test('a name that contains another one does not count as that one', async (t) => {
  const authority = await makeAuthority('ca');
  const { cert } = await authority.issue({
    name: 'other',
    alternatives: [{ type: 'url', value: 'https://x/, DNS:metacontroller' }],
  });
  t.strictSame(namesOf(new X509Certificate(cert)), ['other']);
});
