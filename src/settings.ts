import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';

/** `[registry[:port]/]path[:tag][@digest]` with a tag or a digest (distribution/reference: regexp.go). */
const imageReference = (() => {
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?';
  const registry = `(?:${label}(?:\\.${label})*(?::[0-9]+)?/)?`;
  const part = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
  const tag = ':[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
  const digest = '@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
  return `^${registry}${part}(?:/${part})*(?:${tag}(?:${digest})?|${digest})$`;
})();

/**
 * Every setting of the service, one row each, read from the environment variable of the same name.
 * A string row with a pattern says in `holds` what the pattern means; the other rows say it by themselves.
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
  LOG_LEVEL: Type.Union(
    (['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const).map((level) =>
      Type.Literal(level),
    ),
    { description: 'The least severe log lines that are written.', default: 'info' },
  ),
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
  BODY_LIMIT_BYTES: Type.Integer({
    description: 'The largest request body that is read.',
    default: 16_777_216,
    minimum: 1024,
    maximum: 268_435_456,
  }),
});
export type Settings = Static<typeof Settings>;

/** What the environment holds can't be used; the message names each wrong variable, one a line. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings from environment variables. One that is absent or empty takes its default; one that is
 * no setting is not looked at.
 *
 * @throws {SettingsError} on a wrong value: all of them at once, each with what it held and what it may hold.
 */
export function loadSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const settings: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, schema] of Object.entries<TSchema>(Settings.properties)) {
    const text = environment[name] ?? '';
    const value = text === '' ? schema['default'] : read(text, schema);
    if (Value.Check(schema, value)) settings[name] = value;
    else wrong.push(`${name} is ${JSON.stringify(text)}: it may hold ${describeValues(schema)}`);
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'));
  return Value.Decode(Settings, settings);
}

/** Only plain decimals become numbers: `0x50`, `8e3` and `80.0` are more likely mistakes than meant. */
function read(text: string, schema: TSchema): unknown {
  return schema['type'] === 'integer' && /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : text;
}

function describeValues(schema: TSchema): string {
  if (schema['type'] === 'integer') {
    return `a whole number from ${schema['minimum']} to ${schema['maximum']}`;
  }
  const alternatives: TSchema[] | undefined = schema['anyOf'];
  if (alternatives !== undefined) return `one of ${alternatives.map((each) => each['const']).join(', ')}`;
  return String(schema['holds']);
}
