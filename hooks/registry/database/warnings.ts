import type { Sections } from '../section.ts';
import { type Warning, warnAbout } from '../warning.ts';

/** What the server does with its database that most people would not expect. */
export function databaseWarnings({ database: { field, value } }: Sections): Warning[] {
  return warnAbout(
    'CertificateNamesLocalhost',
    value['sslMode'] === 'verify-full' && value['host'] !== 'localhost' ? [`${field}.sslMode`] : [],
    'is verify-full, which checks the certificate of the database against the name localhost: the server does not become ready unless the certificate has that name too. Use verify-ca, with the CA in PGSSLROOTCERT',
  );
}
