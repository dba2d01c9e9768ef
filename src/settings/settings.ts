import { type Static, type StringOptions, Type } from '@sinclair/typebox';
import { dnsSubdomain } from '../../hooks/text/dns-names.ts';
import { imageReference } from './image-reference.ts';

const oneOf = <const V extends readonly string[]>(
  values: V,
  options: { description: string; default: V[number] },
) =>
  Type.Union(
    // `map` gives the items of a tuple of unknown length as plain strings.
    values.map((value) => Type.Literal(value as V[number])),
    options,
  );
const optional = (options: StringOptions & { description: string; holds: string }) =>
  Type.Optional(Type.String(options));
const file = (description: string) => optional({ description, minLength: 1, holds: 'the path of a file' });
/** In a list: the pattern alone does not limit the length. */
const secretName = `(?=[^,]{1,${dnsSubdomain.maxLength}}(?:,|$))${dnsSubdomain.pattern.slice(1, -1)}`;

const address = { pattern: '^[0-9A-Za-z.:%_-]+$', holds: 'an IP address or a host name' };

/**
 * Every setting of the service, read from the environment variable of the same name. A string says in `holds` what it
 * must be, for error messages. No setting is a secret: secrets are in files, which can be rotated.
 */
export const Settings = Type.Object({
  HOST: Type.String({
    description: 'The address to listen on.',
    default: '127.0.0.1',
    ...address,
  }),
  PORT: Type.Integer({
    description: 'The port to listen on; 0 means any free port.',
    default: 8080,
    minimum: 0,
    maximum: 65_535,
  }),
  METRICS_PORT: Type.Optional(
    Type.Integer({
      description:
        'The port of /metrics, at the address METRICS_HOST, over plain HTTP and without credentials; 0 means any free port. If it is not set, /metrics is on PORT.',
      minimum: 0,
      maximum: 65_535,
    }),
  ),
  METRICS_HOST: optional({ description: 'The address of METRICS_PORT; HOST if it is not set.', ...address }),
  LOG_LEVEL: oneOf(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
    description: 'The lowest level of log lines that are written.',
    default: 'info',
  }),
  LOG_FORMAT: oneOf(['json', 'pretty'], {
    description: 'The format of log lines: `json` for programs, `pretty` for people.',
    default: 'json',
  }),
  AUTH_BEARER_FILE: file(
    'A file of bearer tokens, one per line. With any AUTH_ or TLS_CLIENT_ setting, a call needs valid credentials of one of the configured kinds.',
  ),
  AUTH_BASIC_FILE: file('A file of `user:password` lines for basic authentication.'),
  TLS_CERT_FILE: file(
    'The certificate chain of the service in PEM. With it and TLS_KEY_FILE the service uses TLS: 1.3, or 1.2 with AEAD cipher suites.',
  ),
  TLS_KEY_FILE: file('The private key of TLS_CERT_FILE in PEM.'),
  TLS_CLIENT_CA_FILE: file(
    'Certificate authorities in PEM. A client certificate that one of them issued is a valid credential.',
  ),
  TLS_CLIENT_NAMES: optional({
    description:
      'The common names or subject alternative names of the client certificates that are valid credentials, separated by commas. If it is not set, all certificates that TLS_CLIENT_CA_FILE issued are.',
    pattern: '^[^,\\s][^,]*(,\\s*[^,\\s][^,]*)*$',
    holds: 'a list of names, separated by commas',
  }),
  FILE_RELOAD_SECONDS: Type.Integer({
    description:
      'How often, in seconds, the files of credentials and certificates are read. New content is used once it is the same at two readings.',
    default: 5,
    minimum: 1,
    maximum: 3600,
  }),
  BODY_LIMIT_BYTES: Type.Integer({
    description:
      'The maximum size of a request body, in bytes. Bodies of more than 1 MiB may take four times as much in total; further ones are answered with 429.',
    default: 16_777_216,
    minimum: 1024,
    maximum: 268_435_456,
  }),
  MAX_CALLS: Type.Integer({
    description:
      'The maximum number of calls in flight. Further calls are answered with 429 before their body is read.',
    default: 100,
    minimum: 1,
    maximum: 100_000,
  }),
  MAX_CONNECTIONS: Type.Integer({
    description:
      'The maximum number of open connections, lowered to the limit of open files of the process. For a further connection, the oldest one without an authenticated call is closed, or else the new one.',
    default: 1000,
    minimum: 1,
    maximum: 100_000,
  }),
  MAX_LAG_MS: Type.Integer({
    description:
      'The maximum average delay of the event loop, in milliseconds. Above it, calls are answered with 429 before their body is read.',
    default: 200,
    minimum: 1,
    maximum: 10_000,
  }),
  SHUTDOWN_GRACE_SECONDS: Type.Integer({
    description:
      'How long calls are still accepted after SIGTERM, in seconds, while /readyz fails: as long as it takes to remove an endpoint. Calls in flight then have 10 s to finish.',
    default: 5,
    minimum: 0,
    maximum: 3600,
  }),
  METRICS_REGISTRY_NAMES: Type.Boolean({
    description:
      'Whether /metrics, which needs no credentials, has the phase of each registry by name. At most 1,000 registries are reported, those that are not running first.',
    default: false,
  }),
  REGISTRY_API_IMAGE: Type.String({
    description: 'The image of the registry servers, unless a registry sets its own.',
    default: 'ghcr.io/stacklok/thv-registry-api:v1.5.1',
    pattern: imageReference,
    holds: 'an image reference with a tag or a digest',
  }),
  REGISTRY_API_HEALTH_PORT: Type.Integer({
    description: 'The port of /health and /readiness of the registry servers: 8081, or 8080 before v1.1.0.',
    default: 8081,
    minimum: 1,
    maximum: 65_535,
  }),
  PGPASS_IMAGE: Type.String({
    description:
      'The image of the init container that prepares a pgpass file. It needs sh, cp and chmod, and must run as the user of the registry servers (65532).',
    // The tag moves on; the digest is that of the list of its architectures.
    default:
      'gcr.io/distroless/static-debian12:debug-nonroot@sha256:d5563cc7f2f44313f332e91138cc8c6a158899afeeeab2fce3b0f9ccdb3cf9ee',
    pattern: imageReference,
    holds: 'an image reference with a tag or a digest',
  }),
  IMAGE_PULL_SECRETS: optional({
    description:
      'Names of Secrets for pulling images, separated by commas. The pods and the ServiceAccount of every registry get them, after those of its own `spec.imagePullSecrets`. Each must be in the namespace of the registry.',
    pattern: `^${secretName}(, *${secretName})*$`,
    holds: 'names of Secrets (lower-case letters, digits, "-" and "."), separated by commas',
  }),
});
export type Settings = Static<typeof Settings>;
