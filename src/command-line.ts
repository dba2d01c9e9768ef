import { parseArgs } from 'node:util';
import { OptionalKind, type TSchema } from '@sinclair/typebox';
import { loadSettings } from './settings/load-settings.ts';
import { Settings } from './settings/settings.ts';
import { version } from './version.ts';

const usage = `mcpregistry-hook ${version}: the Metacontroller webhook for MCPRegistry objects.

  mcpregistry-hook [serve] [--help | --version | --print-config]
  mcpregistry-hook <command> [options]

  --help          print this help
  --version       print the version
  --print-config  print every setting with its effective value

Without a command it serves. Each command has its own --help:

  render      print the children of registries
  validate    find the mistakes of registries, with file and line
  diff        show what an edit changes, and whether it rolls the pods
  takeover    print the script that takes registries over from the ToolHive operator
  export      print registries for the chart of the registry server, or as plain manifests
  completion  print the completion for a shell

Settings are environment variables:
`;

/** Whether a command line is for one of the commands; without one, or with `serve`, it is for the service. */
export const isCommand = ([first]: readonly string[]): boolean =>
  first !== undefined && first !== 'serve' && !first.startsWith('-');

/**
 * Handles a command line that prints something instead of starting the service.
 *
 * @param args without the program and `serve`
 * @returns the text to print; undefined if the service is to be started
 * @throws {SettingsError} if the settings to print are invalid
 * @throws {TypeError} on an unknown argument
 */
export function answerCommandLine(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean' },
      'print-config': { type: 'boolean' },
    },
  });
  if (values.help) return `${usage}${describeSettings()}`;
  if (values.version) return `${version}\n`;
  return values['print-config'] ? printSettings(loadSettings(environment)) : undefined;
}

function describeSettings(): string {
  return Object.entries<TSchema>(Settings.properties)
    .map(([name, { description, ...schema }]) => {
      const byDefault = schema[OptionalKind] === 'Optional' ? 'not set' : schema['default'];
      return `\n  ${name} (${byDefault})\n    ${description}\n`;
    })
    .join('');
}

/** As shell assignments; a setting that is not set is a comment. No setting is a secret. */
function printSettings(settings: Settings): string {
  return Object.keys(Settings.properties)
    .map((name) => {
      // Object.keys returns strings, here the names that the type is derived from.
      const value = settings[name as keyof Settings];
      return value === undefined ? `# ${name}=\n` : `${name}=${quote(String(value))}\n`;
    })
    .join('');
}

const quote = (text: string) =>
  /^[A-Za-z0-9_./:@%+-]*$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
