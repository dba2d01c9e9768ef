import { OptionalKind, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Settings } from './settings.ts';

/** Settings are invalid; the message has one line for each of them. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Reads the settings from environment variables. One that is absent or empty has its default; other variables are
 * ignored.
 *
 * @throws {SettingsError} that lists all invalid values and what each of them must be
 */
export function loadSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const settings: Record<string, unknown> = {};
  const wrong: string[] = [];
  for (const [name, schema] of Object.entries<TSchema>(Settings.properties)) {
    const text = environment[name] ?? '';
    const value = text === '' ? schema['default'] : read(text, schema);
    if (value === undefined && schema[OptionalKind] === 'Optional') continue;
    if (Value.Check(schema, value)) settings[name] = value;
    else wrong.push(`${name} is ${JSON.stringify(text)}: it must be ${describeValues(schema)}`);
  }
  for (const [name, needed] of requires) {
    if (
      settings[name] !== undefined &&
      settings[needed] === undefined &&
      (environment[needed] ?? '') === ''
    ) {
      wrong.push(`${name} is set but ${needed} is not: set ${needed} or unset ${name}`);
    }
  }
  const { PORT: port, METRICS_PORT: metricsPort } = settings;
  if (metricsPort !== undefined && metricsPort !== 0 && metricsPort === port) {
    wrong.push(
      `METRICS_PORT is ${metricsPort}, which is PORT as well: use another port, or unset METRICS_PORT to have /metrics on PORT`,
    );
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'));
  return Value.Decode(Settings, settings);
}

/** Settings, each with another one that must be set as well. */
const requires: readonly (readonly [keyof Settings, keyof Settings])[] = [
  ['METRICS_HOST', 'METRICS_PORT'],
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
  ['TLS_CLIENT_CA_FILE', 'TLS_CERT_FILE'],
  ['TLS_CLIENT_NAMES', 'TLS_CLIENT_CA_FILE'],
];

/** Only plain decimals become numbers: `0x50`, `8e3` and `80.0` are more likely to be mistakes. */
function read(text: string, schema: TSchema): unknown {
  if (schema['type'] === 'boolean') return text === 'true' || (text === 'false' ? false : text);
  return schema['type'] === 'integer' && /^(0|[1-9][0-9]*)$/.test(text) ? Number(text) : text;
}

function describeValues(schema: TSchema): string {
  if (schema['type'] === 'boolean') return 'true or false';
  if (schema['type'] === 'integer') {
    return `a whole number from ${schema['minimum']} to ${schema['maximum']}`;
  }
  const alternatives: TSchema[] | undefined = schema['anyOf'];
  if (alternatives !== undefined) return `one of ${alternatives.map((each) => each['const']).join(', ')}`;
  return String(schema['holds']);
}
