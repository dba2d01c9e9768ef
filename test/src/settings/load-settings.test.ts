import { test } from 'tap';
import { loadSettings, SettingsError } from '../../../src/settings/load-settings.ts';
import { Settings } from '../../../src/settings/settings.ts';

const defaults: Settings = {
  HOST: '127.0.0.1',
  PORT: 8080,
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
  FILE_RELOAD_SECONDS: 5,
  MAX_CALLS: 100,
  MAX_CONNECTIONS: 1000,
  MAX_LAG_MS: 200,
  SHUTDOWN_GRACE_SECONDS: 5,
  METRICS_REGISTRY_NAMES: false,
  REGISTRY_API_IMAGE: 'ghcr.io/stacklok/thv-registry-api:v1.5.1',
  REGISTRY_API_HEALTH_PORT: 8081,
  PGPASS_IMAGE:
    'gcr.io/distroless/static-debian12:debug-nonroot@sha256:d5563cc7f2f44313f332e91138cc8c6a158899afeeeab2fce3b0f9ccdb3cf9ee',
  BODY_LIMIT_BYTES: 16_777_216,
};

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;

test('settings that are used', async (t) => {
  const cases: { reason: string; environment: Record<string, string | undefined>; settings: Settings }[] = [
    { reason: 'every setting has a default', environment: {}, settings: defaults },
    {
      reason: 'an empty variable is one that is not set: a manifest can always name it',
      environment: Object.fromEntries(Object.keys(Settings.properties).map((name) => [name, ''])),
      settings: defaults,
    },
    {
      reason: 'an undefined variable is one that is not set',
      environment: { PORT: undefined },
      settings: defaults,
    },
    {
      reason: 'variables that are no setting are none of our business',
      environment: { PATH: '/bin', port: 'x', NODE_ENV: 'production' },
      settings: defaults,
    },
    {
      reason: 'every setting can be set',
      environment: {
        HOST: '0.0.0.0',
        PORT: '0',
        METRICS_PORT: '0',
        METRICS_HOST: '::',
        LOG_LEVEL: 'silent',
        LOG_FORMAT: 'pretty',
        AUTH_BEARER_FILE: '/auth/tokens',
        AUTH_BASIC_FILE: '/auth/users',
        TLS_CERT_FILE: '/tls/tls.crt',
        TLS_KEY_FILE: '/tls/tls.key',
        TLS_CLIENT_CA_FILE: '/ca/ca.crt',
        TLS_CLIENT_NAMES: 'metacontroller, spiffe://example.com/metacontroller',
        FILE_RELOAD_SECONDS: '1',
        MAX_CALLS: '1',
        MAX_CONNECTIONS: '1',
        MAX_LAG_MS: '1',
        SHUTDOWN_GRACE_SECONDS: '0',
        METRICS_REGISTRY_NAMES: 'true',
        REGISTRY_API_IMAGE: 'localhost:5000/api:1',
        REGISTRY_API_HEALTH_PORT: '8080',
        PGPASS_IMAGE: 'shell:v1',
        IMAGE_PULL_SECRETS: 'pull,mirror.example.com',
        BODY_LIMIT_BYTES: '1024',
      },
      settings: {
        HOST: '0.0.0.0',
        PORT: 0,
        METRICS_PORT: 0,
        METRICS_HOST: '::',
        LOG_LEVEL: 'silent',
        LOG_FORMAT: 'pretty',
        AUTH_BEARER_FILE: '/auth/tokens',
        AUTH_BASIC_FILE: '/auth/users',
        TLS_CERT_FILE: '/tls/tls.crt',
        TLS_KEY_FILE: '/tls/tls.key',
        TLS_CLIENT_CA_FILE: '/ca/ca.crt',
        TLS_CLIENT_NAMES: 'metacontroller, spiffe://example.com/metacontroller',
        FILE_RELOAD_SECONDS: 1,
        MAX_CALLS: 1,
        MAX_CONNECTIONS: 1,
        MAX_LAG_MS: 1,
        SHUTDOWN_GRACE_SECONDS: 0,
        METRICS_REGISTRY_NAMES: true,
        REGISTRY_API_IMAGE: 'localhost:5000/api:1',
        REGISTRY_API_HEALTH_PORT: 8080,
        PGPASS_IMAGE: 'shell:v1',
        IMAGE_PULL_SECRETS: 'pull,mirror.example.com',
        BODY_LIMIT_BYTES: 1024,
      },
    },
    ...['::', 'fe80::1%eth0', 'localhost', 'hook.example.com'].map((HOST) => ({
      reason: `${HOST} is something to listen on`,
      environment: { HOST },
      settings: { ...defaults, HOST },
    })),
    ...[
      'api:v1',
      'api:latest',
      `api@${digest}`,
      `registry.example.com:5000/mcp/registry_api.x--y:v1.5.1-rc.1@${digest}`,
      'Registry.Example.COM/api:V1',
    ].map((REGISTRY_API_IMAGE) => ({
      reason: `${REGISTRY_API_IMAGE} is an image reference with a tag or a digest`,
      environment: { REGISTRY_API_IMAGE },
      settings: { ...defaults, REGISTRY_API_IMAGE },
    })),
    ...['pull', 'a, b,c', 'pull,pull', `${'a'.repeat(253)},b`].map((IMAGE_PULL_SECRETS) => ({
      reason: `${IMAGE_PULL_SECRETS} is a list of names of Secrets`,
      environment: { IMAGE_PULL_SECRETS },
      settings: { ...defaults, IMAGE_PULL_SECRETS },
    })),
  ];
  for (const { reason, environment, settings } of cases) {
    t.strictSame(loadSettings(Object.freeze(environment)), settings, reason);
  }
});

test('settings that are refused', async (t) => {
  const port = 'it must be a whole number from 0 to 65535';
  const image = 'it must be an image reference with a tag or a digest';
  const host = 'it must be an IP address or a host name';
  const cases: { reason: string; environment: Record<string, string>; message: string }[] = [
    {
      reason: 'no number for the metrics',
      environment: { METRICS_PORT: 'http' },
      message: `METRICS_PORT is "http": ${port}`,
    },
    {
      reason: 'one port for both servers',
      environment: { PORT: '9090', METRICS_PORT: '9090' },
      message:
        'METRICS_PORT is 9090, which is PORT as well: use another port, or unset METRICS_PORT to have /metrics on PORT',
    },
    {
      reason: 'an address without a port',
      environment: { METRICS_HOST: '0.0.0.0' },
      message: 'METRICS_HOST is set but METRICS_PORT is not: set METRICS_PORT or unset METRICS_HOST',
    },
    {
      reason: 'a URL is no host of the metrics',
      environment: { METRICS_PORT: '9090', METRICS_HOST: 'http://0.0.0.0' },
      message: `METRICS_HOST is "http://0.0.0.0": ${host}`,
    },
    { reason: 'no number', environment: { PORT: 'http' }, message: `PORT is "http": ${port}` },
    { reason: 'above the range', environment: { PORT: '65536' }, message: `PORT is "65536": ${port}` },
    { reason: 'below the range', environment: { PORT: '-1' }, message: `PORT is "-1": ${port}` },
    { reason: 'no whole number', environment: { PORT: '80.5' }, message: `PORT is "80.5": ${port}` },
    { reason: 'hexadecimal', environment: { PORT: '0x50' }, message: `PORT is "0x50": ${port}` },
    { reason: 'an exponent', environment: { PORT: '8e3' }, message: `PORT is "8e3": ${port}` },
    { reason: 'octal or a typing error', environment: { PORT: '0080' }, message: `PORT is "0080": ${port}` },
    { reason: 'a number among spaces', environment: { PORT: ' 80' }, message: `PORT is " 80": ${port}` },
    { reason: 'no boolean becomes 1', environment: { PORT: 'true' }, message: `PORT is "true": ${port}` },
    {
      reason: 'a kubelet can not probe port 0',
      environment: { REGISTRY_API_HEALTH_PORT: '0' },
      message: 'REGISTRY_API_HEALTH_PORT is "0": it must be a whole number from 1 to 65535',
    },
    {
      reason: 'no request fits into less than a kibibyte',
      environment: { BODY_LIMIT_BYTES: '16' },
      message: 'BODY_LIMIT_BYTES is "16": it must be a whole number from 1024 to 268435456',
    },
    {
      reason: 'a level that pino does not know',
      environment: { LOG_LEVEL: 'INFO' },
      message: 'LOG_LEVEL is "INFO": it must be one of fatal, error, warn, info, debug, trace, silent',
    },
    {
      reason: 'a URL is no host',
      environment: { HOST: 'http://0.0.0.0' },
      message: `HOST is "http://0.0.0.0": ${host}`,
    },
    ...[
      'ghcr.io/stacklok/thv-registry-api',
      'Api:v1',
      'a b:v1',
      'api:',
      'api@sha256:12',
      'https://x/api:v1',
    ].map((held) => ({
      reason: `${held} is no image reference with a tag or a digest`,
      environment: { REGISTRY_API_IMAGE: held },
      message: `REGISTRY_API_IMAGE is "${held}": ${image}`,
    })),
    ...[
      'Pull',
      'pull secret',
      'a,',
      ',a',
      'a,,b',
      'a;b',
      '-a',
      'a.-b',
      'namespace/pull',
      'a'.repeat(254),
    ].map((held) => ({
      reason: `${held} is no list of names of Secrets`,
      environment: { IMAGE_PULL_SECRETS: held },
      message: `IMAGE_PULL_SECRETS is "${held}": it must be names of Secrets (lower-case letters, digits, "-" and "."), separated by commas`,
    })),
    {
      reason: 'a switch is on or off',
      environment: { METRICS_REGISTRY_NAMES: 'yes' },
      message: 'METRICS_REGISTRY_NAMES is "yes": it must be true or false',
    },
    {
      reason: 'an empty name at the end of a list',
      environment: {
        TLS_CERT_FILE: 'a',
        TLS_KEY_FILE: 'b',
        TLS_CLIENT_CA_FILE: 'c',
        TLS_CLIENT_NAMES: 'x, ',
      },
      message: 'TLS_CLIENT_NAMES is "x, ": it must be a list of names, separated by commas',
    },
    {
      reason: 'a certificate without its key',
      environment: { TLS_CERT_FILE: 'a' },
      message: 'TLS_CERT_FILE is set but TLS_KEY_FILE is not: set TLS_KEY_FILE or unset TLS_CERT_FILE',
    },
    {
      reason: 'a key without its certificate',
      environment: { TLS_KEY_FILE: 'a' },
      message: 'TLS_KEY_FILE is set but TLS_CERT_FILE is not: set TLS_CERT_FILE or unset TLS_KEY_FILE',
    },
    {
      reason: 'client certificates can not be requested without TLS',
      environment: { TLS_CLIENT_CA_FILE: 'a' },
      message:
        'TLS_CLIENT_CA_FILE is set but TLS_CERT_FILE is not: set TLS_CERT_FILE or unset TLS_CLIENT_CA_FILE',
    },
    {
      reason: 'names of client certificates without the authorities',
      environment: { TLS_CLIENT_NAMES: 'a' },
      message:
        'TLS_CLIENT_NAMES is set but TLS_CLIENT_CA_FILE is not: set TLS_CLIENT_CA_FILE or unset TLS_CLIENT_NAMES',
    },
    {
      reason: 'all wrong variables are reported at once',
      environment: { PORT: 'x', HOST: 'also wrong', LOG_LEVEL: 'info' },
      message: `HOST is "also wrong": ${host}\nPORT is "x": ${port}`,
    },
  ];
  for (const { reason, environment, message } of cases) {
    t.equal(refusal(environment), message, reason);
  }
});

test('a long image reference is checked in no time', async (t) => {
  const long = `${'a-'.repeat(50_000)}!`;
  const begun = performance.now();
  t.throws(() => loadSettings({ REGISTRY_API_IMAGE: long }), SettingsError);
  t.ok(performance.now() - begun < 1000);
});

test('every setting has a description, and a valid default or none', async (t) => {
  for (const [name, schema] of Object.entries(Settings.properties)) {
    t.ok(schema.description, `${name} is described`);
    if (schema.default === undefined) continue;
    t.strictSame(loadSettings({ [name]: String(schema.default) }), defaults, `${name} has a valid default`);
  }
});

/** The message for settings that are refused; undefined for others. */
function refusal(environment: Readonly<Record<string, string>>): string | undefined {
  try {
    loadSettings(environment);
    return undefined;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}
