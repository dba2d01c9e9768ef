import { readFileSync } from 'node:fs';
import { test } from 'tap';
import { answerCommandLine } from '../../src/command-line.ts';
import { loadSettings, SettingsError } from '../../src/settings/load-settings.ts';
import { Settings } from '../../src/settings/settings.ts';

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

test('no argument starts the service', async (t) => {
  t.equal(answerCommandLine([], {}), undefined);
});

test('--version prints the version of the package', async (t) => {
  t.equal(answerCommandLine(['--version'], {}), `${version}\n`);
});

test('--help describes every setting with its default', async (t) => {
  for (const flag of ['--help', '-h']) {
    const help = answerCommandLine([flag], {}) ?? '';
    t.match(help, `mcpregistry-hook ${version}`);
    for (const [name, schema] of Object.entries(Settings.properties)) {
      t.match(help, `\n  ${name} (${schema.default ?? 'not set'})\n    ${schema.description}\n`);
    }
  }
});

test('--print-config prints every setting with its effective value, as shell assignments', async (t) => {
  const environment = {
    PORT: '9000',
    AUTH_BEARER_FILE: "/auth/it's a file",
    METRICS_REGISTRY_NAMES: 'true',
    OTHER: 'x',
  };
  const printed = answerCommandLine(['--print-config'], environment) ?? '';
  t.match(printed, "AUTH_BEARER_FILE='/auth/it'\\''s a file'\n");
  t.match(printed, '# TLS_KEY_FILE=\n');
  t.notMatch(printed, 'OTHER');
  const read = printed
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', value = ''] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return [name, value.startsWith("'") ? value.slice(1, -1).replaceAll("'\\''", "'") : value];
    });
  t.strictSame(loadSettings(Object.fromEntries(read)), loadSettings(environment));
  t.throws(() => answerCommandLine(['--print-config'], { PORT: 'x' }), SettingsError);
});

test('an unknown argument is refused', async (t) => {
  for (const args of [['--verison'], ['start'], ['--help=yes']]) {
    t.throws(() => answerCommandLine(args, {}), { code: /^ERR_PARSE_ARGS/ });
  }
});
