import { test } from 'tap';
import { parse } from 'yaml';
import { writeServerConfig } from '../../../hooks/registry/server-config.ts';

const config = {
  sources: [{ name: 'a', managed: {} }],
  registries: [{ name: 'all', sources: ['a'] }],
  database: { host: 'postgres' },
  auth: { mode: 'anonymous' },
};

test('the whole text', async (t) => {
  t.equal(
    writeServerConfig({ ...config, telemetry: { enabled: true, serviceName: undefined } }),
    `sources:
  - name: a
    managed: {}
registries:
  - name: all
    sources:
      - a
database:
  host: postgres
auth:
  mode: anonymous
telemetry:
  enabled: true
`,
  );
});

test('what could be read as something else is quoted, and nothing else', async (t) => {
  const names = [
    '2024-01-01',
    '0X1F',
    '1e3_0',
    'yes',
    '~',
    '30m',
    'io.example/*',
    'a b',
    '/data/registry.json',
  ];
  const text = writeServerConfig({ ...config, sources: names.map((name) => ({ name })) });
  t.strictSame(
    text.split('\n').slice(1, 1 + names.length),
    [
      '"2024-01-01"',
      '"0X1F"',
      '"1e3_0"',
      '"yes"',
      '"~"',
      '30m',
      'io.example/*',
      'a b',
      '/data/registry.json',
    ].map((name) => `  - name: ${name}`),
  );
});

test('the order of claims and roles means nothing', async (t) => {
  const withClaims = (claims: object, roles: object) =>
    writeServerConfig({
      ...config,
      sources: [{ name: 'a', claims }],
      registries: [{ name: 'all', claims }],
      auth: { mode: 'oauth', authz: { roles } },
    });
  t.equal(
    withClaims({ b: '1', a: ['2', '1'] }, { superAdmin: [{ y: '1', x: '2' }] }),
    withClaims({ a: ['2', '1'], b: '1' }, { superAdmin: [{ x: '2', y: '1' }] }),
  );
});

test('a string is read back as that string, by readers of YAML 1.1 and 1.2', async (t) => {
  const strings = [
    ...[
      'true',
      'yes',
      'no',
      'on',
      'off',
      'y',
      'n',
      'null',
      '~',
      '',
      ' ',
      '2024-01-01',
      '2024-01-01T00:00:00Z',
    ],
    ...[
      '12:30',
      '1:30:00',
      '1e3',
      '0x1f',
      '0o17',
      '017',
      '0b11',
      '1_000',
      '.inf',
      '.nan',
      '<<',
      '=',
      '-',
      '- a',
    ],
    ...[
      'a: b',
      'a #b',
      '#a',
      '&a',
      '*a',
      '!a',
      '|',
      '>',
      '%a',
      '@a',
      '`a`',
      '"',
      "'",
      'a\nb',
      'a\n',
      '\t',
      '\u0000',
    ],
    ...[
      'é',
      '😀',
      'x'.repeat(500),
      'a '.repeat(200),
      '[a]',
      '{a}',
      'a,b',
      '1',
      '1.0',
      '+1',
      '-1',
      '---',
      '...',
    ],
  ];
  const text = writeServerConfig({ ...config, sources: strings.map((name) => ({ name })) });
  for (const version of ['1.1', '1.2'] as const) {
    const { sources } = parse(text, { version });
    t.strictSame(
      sources.map(({ name }: { name: unknown }) => name),
      strings,
      `YAML ${version}`,
    );
  }
});
