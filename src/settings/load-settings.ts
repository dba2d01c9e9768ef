import { OptionalKind, type TSchema } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Settings } from './settings.ts';

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
    if (value === undefined && schema[OptionalKind] === 'Optional') continue;
    if (Value.Check(schema, value)) settings[name] = value;
    else wrong.push(`${name} is ${JSON.stringify(text)}: it may hold ${describeValues(schema)}`);
  }
  for (const [name, needed] of requires) {
    if (
      settings[name] !== undefined &&
      settings[needed] === undefined &&
      (environment[needed] ?? '') === ''
    ) {
      wrong.push(`${name} is set and ${needed} is not: it has no meaning alone`);
    }
  }
  if (wrong.length > 0) throw new SettingsError(wrong.join('\n'));
  return Value.Decode(Settings, settings);
}

/** Settings, each with another one that it needs. */
const requires: readonly (readonly [keyof Settings, keyof Settings])[] = [
  ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
  ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
  ['TLS_CLIENT_CA_FILE', 'TLS_CERT_FILE'],
  ['TLS_CLIENT_NAMES', 'TLS_CLIENT_CA_FILE'],
];

/** Only plain decimals become numbers: `0x50`, `8e3` and `80.0` are more likely mistakes than meant. */
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
