import { quiet, testWarnings } from '../../../support/warnings.ts';

const databaseOf = (databaseConfig: object) => ({ ...quiet, databaseConfig });

testWarnings([
  {
    spec: databaseOf({ sslMode: 'verify-full' }),
    expected: [
      'CertificateNamesLocalhost: spec.databaseConfig.sslMode: is verify-full, which checks the certificate of the database against the name localhost: the server does not become ready unless the certificate has that name too. Use verify-ca, with the CA in PGSSLROOTCERT',
    ],
    reason: 'a certificate that is checked against another name than its own',
  },
  {
    spec: databaseOf({ sslMode: 'verify-full', host: 'localhost' }),
    expected: [],
    reason: 'a database whose name is localhost',
  },
  ...['disable', 'allow', 'prefer', 'require', 'verify-ca'].map((sslMode) => ({
    spec: databaseOf({ sslMode }),
    expected: [],
    reason: `a mode that works as it says, ${sslMode}`,
  })),
]);
