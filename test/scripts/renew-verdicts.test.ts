import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'tap';

const script = fileURLToPath(new URL('../../scripts/renew-verdicts.ts', import.meta.url));
const renew = (...args: string[]) =>
  spawnSync(process.execPath, ['--import=tsx', script, ...args], { encoding: 'utf8' });

/**
 * Stands in for a registry server: refuses a configuration that names a file that does not exist, or an issuer
 * without TLS unless the variable for that is set; otherwise it goes on for ever, as a server does.
 */
const standIn = `#!${process.execPath}
const { existsSync, readFileSync } = require('node:fs');
const [command, option] = process.argv.slice(2);
if (command === 'version') {
  console.log(JSON.stringify({ version: 'v9.8.7' }, null, 2));
} else {
  const text = readFileSync(option.replace('--config=', ''), 'utf8');
  const file = /passwordFile: "?([^"\\n]*)/.exec(text)?.[1];
  const log = /logFile: (.*)/.exec(text)?.[1];
  const refuse = (why) => {
    console.error('{"level":"INFO","msg":"Starting"}\\nError: failed to load configuration: invalid: ' + why);
    process.exit(1);
  };
  if (file !== undefined && !existsSync(file)) refuse('passwordFile is not accessible');
  if (log !== undefined && !existsSync(log.replace(/[^/]*$/, ''))) refuse('logFile directory does not exist');
  if (text.includes('http://') && process.env.THV_REGISTRY_INSECURE_URL !== 'true') refuse('must use HTTPS');
  if (process.env.THV_REGISTRY_DATABASE_HOST !== '127.0.0.1') refuse('the database is elsewhere');
  console.error('{"level":"INFO","msg":"Loaded configuration"}');
  setInterval(() => undefined, 1000);
}
`;

const pod = (env: string) => `spec:\n  containers:\n    - name: registry-api\n      env: ${env}\n`;
const withFile = 'passwordFile: "/run/credentials/git/token"\nlogFile: /run/audit/audit.log\n';
const insecure = 'issuerUrl: http://idp\n';

test('verdicts are written for what every server accepts', (t) => {
  const folder = t.testdir({
    server: standIn,
    golden: {
      allowed: {
        'config.yaml': insecure,
        'pod.yaml': pod('[{ name: THV_REGISTRY_INSECURE_URL, value: "true" }]'),
      },
      file: { 'config.yaml': withFile, 'pod.yaml': pod('[]') },
      refused: { 'config.yaml': insecure, 'pod.yaml': pod('[]'), 'verdict.txt': 'as it was\n' },
    },
  });
  const server = join(folder, 'server');
  const golden = join(folder, 'golden');
  const verdict = (name: string) => readFileSync(join(golden, name, 'verdict.txt'), 'utf8');
  chmodSync(server, 0o755);

  const { status, stdout, stderr } = renew('--golden', golden, `v9.8.7=${server}`);
  t.equal(stdout, 'allowed: OK\nfile: OK\n');
  t.equal(stderr, 'refused is refused\n  v9.8.7: invalid: must use HTTPS\n');
  t.equal(status, 1);
  t.equal(verdict('refused'), 'as it was\n', 'a verdict of before is kept');
  for (const [name, config] of Object.entries({ allowed: insecure, file: withFile })) {
    const sha256 = createHash('sha256').update(config).digest('hex');
    t.equal(verdict(name), `v9.8.7: OK\nconfig.yaml: sha256 ${sha256}\n`, name);
  }
  t.end();
});

test('what is missing is said', (t) => {
  const folder = t.testdir({
    server: standIn,
    text: '',
    golden: { a: { 'config.yaml': '', 'pod.yaml': pod('[]') } },
  });
  chmodSync(join(folder, 'server'), 0o755);
  const cases = [
    { args: [], says: /^No registry server is named\.\n\nUsage: .*releases/s, reason: 'no server' },
    { args: ['v1.5.1'], says: /^v1\.5\.1 is not <version>=<binary>\./, reason: 'no binary' },
    { args: ['newest=server'], says: /^newest=server is not <version>=<binary>\./, reason: 'no release' },
    {
      args: [`v9.8.7=${folder}/none`],
      says: /^v9\.8\.7: .*none is not a program/,
      reason: 'a file that is absent',
    },
    {
      args: [`v9.8.7=${folder}/text`],
      says: /^v9\.8\.7: .*text is not a program/,
      reason: 'a file that is no program',
    },
    {
      args: [`v1.5.1=${folder}/server`],
      says: /says that it is v9\.8\.7, not v1\.5\.1\.\n/,
      reason: 'another release',
    },
  ];
  for (const { args, says, reason } of cases) {
    const { status, stderr } = renew('--golden', join(folder, 'golden'), ...args);
    t.match(stderr, says, reason);
    t.equal(status, 2, reason);
    t.notOk(existsSync(join(folder, 'golden', 'a', 'verdict.txt')), `${reason}: nothing is written`);
  }
  t.end();
});
