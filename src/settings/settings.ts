import { type Static, type StringOptions, Type } from '@sinclair/typebox';
import { imageReference } from './image-reference.ts';

const oneOf = <const V extends readonly string[]>(
  values: V,
  options: { description: string; default: V[number] },
) =>
  Type.Union(
    values.map((value) => Type.Literal(value as V[number])),
    options,
  );
const optional = (options: StringOptions & { description: string; holds: string }) =>
  Type.Optional(Type.String(options));
const file = (description: string) => optional({ description, minLength: 1, holds: 'the path of a file' });

/**
 * Every setting of the service, one row each, read from the environment variable of the same name.
 * A string row says in `holds` what it may hold; the other rows say it by themselves. No row holds a secret: those
 * are in files, which can be rotated.
 */
export const Settings = Type.Object({
  HOST: Type.String({
    description: 'The address to listen on.',
    default: '127.0.0.1',
    pattern: '^[0-9A-Za-z.:%_-]+$',
    holds: 'an IP address or a host name',
  }),
  PORT: Type.Integer({
    description: 'The port to listen on; 0 takes any that is free.',
    default: 8080,
    minimum: 0,
    maximum: 65_535,
  }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'The least severe log lines that are written.',
    default: 'info',
  }),
  LOG_FORMAT: oneOf(['json', 'pretty'], {
    description: 'How log lines are written: `json` for programs, `pretty` for people.',
    default: 'json',
  }),
  AUTH_BEARER_FILE: file(
    'A file of bearer tokens, one a line. With any AUTH_ or TLS_CLIENT_ setting, only calls with valid credentials of one of the kinds are answered.',
  ),
  AUTH_BASIC_FILE: file('A file of `user:password` lines for basic authentication.'),
  TLS_CERT_FILE: file(
    'The certificate chain of the service in PEM. With it and TLS_KEY_FILE the service speaks TLS: 1.3, or 1.2 with AEAD cipher suites.',
  ),
  TLS_KEY_FILE: file('The private key of TLS_CERT_FILE in PEM.'),
  TLS_CLIENT_CA_FILE: file(
    'Certificate authorities in PEM: a client certificate that one of them issued is a valid credential.',
  ),
  TLS_CLIENT_NAMES: optional({
    description:
      'The client certificates that are valid credentials, by common name or subject alternative name, separated by commas; all that TLS_CLIENT_CA_FILE issued if not set.',
    pattern: '^[^,\\s][^,]*(,\\s*[^,\\s][^,]*)*$',
    holds: 'names, separated by commas',
  }),
  FILE_RELOAD_SECONDS: Type.Integer({
    description:
      'How often the files of credentials and certificates are read; what has changed is in use after two readings.',
    default: 5,
    minimum: 1,
    maximum: 3600,
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    description:
      'The largest request body that is read. Calls whose bodies of more than 1 MiB would take more than four times as much together are answered with 429.',
    default: 16_777_216,
    minimum: 1024,
    maximum: 268_435_456,
  }),
  MAX_CALLS: Type.Integer({
    description: 'How many calls may be in flight; more are answered with 429 before their body is read.',
    default: 100,
    minimum: 1,
    maximum: 100_000,
  }),
  MAX_CONNECTIONS: Type.Integer({
    description:
      'How many connections may be open, and fewer where the process may not open as many files. For one more, the oldest that has made no authenticated call is closed, or the new one if there is none.',
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
  MAX_LAG_MS: Type.Integer({
    description:
      'How late the event loop may be on average; while it is later, calls are answered with 429 before their body is read.',
    default: 200,
    minimum: 1,
    maximum: 10_000,
  }),
  SHUTDOWN_GRACE_SECONDS: Type.Integer({
    description:
      'How long calls are still taken after SIGTERM, while /readyz fails: as long as it takes to withdraw an endpoint. Calls in flight then have 10 s to end.',
    default: 5,
    minimum: 0,
    maximum: 3600,
  }),
  METRICS_REGISTRY_NAMES: Type.Boolean({
    description:
      'Whether /metrics, which needs no credentials, has the phase of each registry by its name; of 1,000 registries at most, those first that are not running.',
    default: false,
  }),
  REGISTRY_API_IMAGE: Type.String({
    description: 'The image of the registry servers, unless a registry sets its own.',
    default: 'ghcr.io/stacklok/thv-registry-api:v1.5.1',
    pattern: imageReference,
    holds: 'an image reference with a tag or a digest',
  }),
  REGISTRY_API_HEALTH_PORT: Type.Integer({
    description:
      'The port on which registry servers answer /health and /readiness: 8081, and 8080 before v1.1.0.',
    default: 8081,
    minimum: 1,
    maximum: 65_535,
  }),
  PGPASS_IMAGE: Type.String({
    description:
      'The image of the init container that prepares a pgpass file. It needs sh, cp and chmod, and its user must be that of the registry servers (65532).',
    default: 'gcr.io/distroless/static-debian12:debug-nonroot',
    pattern: imageReference,
    holds: 'an image reference with a tag or a digest',
  }),
});
export type Settings = Static<typeof Settings>;
